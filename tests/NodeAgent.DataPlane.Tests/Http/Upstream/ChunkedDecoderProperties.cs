using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.DataPlane.Http.Upstream;

namespace NodeAgent.DataPlane.Tests.Http.Upstream;

public sealed class ChunkedDecoderProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(2000);

    private static readonly Gen<string> Chunk =
        from data in Gen.Elements("a", "bc", "\r\n", "0\r\n\r\n", new string('x', 300))
        from format in Gen.Elements("x", "X", "x5")
        from extension in Gen.Elements("", "", ";a", ";a=\"b c\"", " ;x")
        select $"{data.Length.ToString(format, System.Globalization.CultureInfo.InvariantCulture)}{extension}\r\n{data}\r\n";

    private static readonly Gen<string> Trailers = Gen.Elements("", "", "A: b\r\n", "A: b\r\nC: d\r\n");

    private static readonly Gen<byte[]> Body =
        from chunks in Chunk.ListOf()
        from trailers in Trailers
        select Encoding.Latin1.GetBytes(string.Concat(chunks.Take(4)) + "0\r\n" + trailers + "\r\n");

    private static readonly Gen<byte[]> Mutated =
        from body in Body
        from place in Gen.Choose(0, 10_000)
        from value in Gen.Elements<byte>(0, 9, 10, 13, 32, 45, 48, 59, 65, 103, 127, 200)
        from insert in Gen.Elements(true, false)
        select (byte[])[.. body[..(place % body.Length)], value, .. body[((place % body.Length) + (insert ? 0 : 1))..]];

    private static readonly Gen<int[]> Cuts = Gen.Choose(1, 40).ListOf().Select(c => c.ToArray());

    [Fact]
    public void Any_split_of_any_bytes_gives_the_same() => Check.One(Many,
        Prop.ForAll(Gen.OneOf(Body, Mutated).ToArbitrary(), Cuts.ToArbitrary(), (body, cuts) =>
        {
            Decoded whole = Decode(body, [body.Length]);
            return Decode(body, cuts) == whole && Decode(body, []) == whole;
        }));

    [Fact]
    public void A_good_body_decodes_to_its_chunks_and_leaves_what_follows() => Check.One(Many,
        Prop.ForAll(Chunk.ListOf().ToArbitrary(), Trailers.ToArbitrary(), (chunks, trailers) =>
        {
            string framed = string.Concat(chunks) + "0\r\n" + trailers + "\r\n";
            string data = string.Concat(chunks.Select(c => c[(c.IndexOf("\r\n", StringComparison.Ordinal) + 2)..^2]));
            Decoded decoded = Decode(Encoding.Latin1.GetBytes(framed + "HTTP/1.1"), [int.MaxValue]);
            return decoded == new Decoded(ChunkStep.End, data, framed.Length);
        }));

    [Theory]
    [InlineData("\r\n")]
    [InlineData(";x\r\n")]
    [InlineData("g\r\n")]
    [InlineData("-1\r\n")]
    [InlineData("+1\r\na\r\n0\r\n\r\n")]
    [InlineData("0x1\r\na\r\n0\r\n\r\n")]
    [InlineData(" 1\r\na\r\n0\r\n\r\n")]
    [InlineData("1\na\r\n0\r\n\r\n")]
    [InlineData("1\r\nab\r\n0\r\n\r\n")]
    [InlineData("1\r\na\n0\r\n\r\n")]
    [InlineData("1\r\na\r\n0\r\n\n")]
    [InlineData("1;a\nb\r\na\r\n0\r\n\r\n")]
    [InlineData("1\r\r\na\r\n0\r\n\r\n")]
    [InlineData("0000000000000001\r\na\r\n0\r\n\r\n")]
    [InlineData("fffffffffffffffff\r\n")]
    [InlineData("0\r\nA: b\nC: d\r\n\r\n")]
    public void Sloppy_framing_is_bad(string body) => Assert.Equal(ChunkStep.Bad, Decode(Encoding.Latin1.GetBytes(body), []).Step);

    [Theory]
    [InlineData("1;", "\r\n")]
    [InlineData("0\r\nA: ", "\r\n")]
    public void Overhead_is_bounded(string before, string after)
    {
        byte[] body = Encoding.Latin1.GetBytes(before + new string('a', 20_000) + after);
        Assert.Equal(ChunkStep.Bad, Decode(body, []).Step);
    }

    /// <param name="cuts">Lengths of the pieces the bytes come in; what is left comes byte by byte.</param>
    private static Decoded Decode(byte[] bytes, int[] cuts)
    {
        var decoder = default(ChunkedDecoder);
        var data = new StringBuilder();
        int at = 0;
        for (int piece = 0; at < bytes.Length; piece++)
        {
            int end = piece < cuts.Length ? (int)Math.Min(bytes.Length, (long)at + cuts[piece]) : at + 1;
            while (true)
            {
                ChunkStep step = decoder.Next(bytes.AsSpan(at, end - at), out int taken, out int run);
                Assert.InRange(taken + run, 0, end - at);
                at += taken;
                if (step is ChunkStep.Bad or ChunkStep.End)
                {
                    // Where exactly nonsense was noticed is of no interest.
                    return new Decoded(step, data.ToString(), step == ChunkStep.Bad ? 0 : at);
                }

                if (step == ChunkStep.NeedMore)
                {
                    Assert.Equal(end, at);
                    break;
                }

                data.Append(Encoding.Latin1.GetString(bytes, at, run));
                decoder.Consume(run);
                at += run;
            }
        }

        return new Decoded(ChunkStep.NeedMore, data.ToString(), at);
    }

    private sealed record Decoded(ChunkStep Step, string Data, int End);
}
