using System.Text;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.DataPlane.Http.Upstream;

namespace NodeAgent.DataPlane.Tests.Http.Upstream;

public sealed class ResponseHeadProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(3000);

    private static readonly Gen<string> GoodField = Gen.Elements(
        "Content-Length: 5", "content-length: 0", "Transfer-Encoding: chunked", "TRANSFER-ENCODING:CHUNKED", "Connection: close",
        "Connection: keep-alive", "X-A: b", "X-Empty:", "Set-Cookie: a=b; c", "X: \u00e9", "X:\ta\tb ");

    private static readonly Gen<string> BadField = Gen.Elements(
        "Content-Length: 5, 5", "Content-Length: +5", "Content-Length:", "Transfer-Encoding: gzip, chunked", "Transfer-Encoding: x",
        " folded", "Content-Length : 5", "Content-Length\t: 5", "X: a\rb", "X: a\nb", "no colon", "");

    private static readonly Gen<string> StatusLine = Gen.Frequency(
        (6, Gen.Elements("HTTP/1.1 200 OK", "HTTP/1.1 204 No Content", "HTTP/1.0 200 OK", "HTTP/1.1 404", "HTTP/1.1 200 ")),
        (1, Gen.Elements("HTTP/2.0 200 OK", "HTTP/1.1 20 OK", "HTTP/1.1  200 OK", "")));

    private static readonly Gen<byte[]> Head =
        from status in StatusLine
        from count in Gen.Choose(0, 4)
        from fields in Gen.Frequency((10, GoodField), (1, BadField)).ListOf(count)
        select Encoding.Latin1.GetBytes(string.Concat(fields.Prepend(status).Select(l => l + "\r\n")) + "\r\n");

    private static readonly Gen<byte[]> Mutated =
        from head in Head
        from count in Gen.Choose(0, 2)
        from places in Gen.Choose(0, 1000).ListOf(count)
        from kind in Gen.Choose(0, 2)
        from value in Gen.Elements<byte>(0, 9, 10, 13, 32, 44, 48, 58, 65, 127, 200)
        select places.Aggregate(head, (bytes, place) => Mutate(bytes, place, kind, value));

    [Fact]
    public void What_follows_a_head_does_not_change_it() => Check.One(Many,
        Prop.ForAll(Mutated.ToArbitrary(), head =>
        {
            Parsed alone = Parse(head);
            byte[] more = [.. head, .. "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n"u8];
            return alone.Consumed == 0 || Parse(more) == alone;
        }));

    [Fact]
    public void A_head_that_is_accepted_was_never_refused_on_its_way() => Check.One(Many,
        Prop.ForAll(Mutated.ToArbitrary(), head =>
        {
            Parsed whole = Parse(head);
            return whole.Consumed == 0 || Enumerable.Range(0, whole.Consumed).All(n => Parse(head[..n]) is { Fault: UpstreamFault.None, Consumed: 0 });
        }));

    [Fact]
    public void An_accepted_head_can_be_read_in_one_way_only() => Check.One(Many,
        Prop.ForAll(Mutated.ToArbitrary(), head =>
        {
            Parsed parsed = Parse(head);
            return parsed.Consumed == 0 || IsUnambiguous(Encoding.Latin1.GetString(head, 0, parsed.Consumed), parsed.Head);
        }));

    [Fact]
    public void Some_heads_are_accepted()
    {
        int accepted = Mutated.Sample(1000).Count(h => Parse(h).Consumed > 0);
        Assert.InRange(accepted, 200, 900);
    }

    /// <summary>The same rules once more, as slowly and plainly as can be.</summary>
    private static bool IsUnambiguous(string head, ResponseHead parsed)
    {
        if (!head.EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            return false;
        }

        string[] lines = head[..^4].Split("\r\n");
        if (lines.Any(l => l.Any(c => (c < ' ' && c != '\t') || c == '\u007f')) || lines.Skip(1).Any(l => l.Length == 0 || l[0] is ' ' or '\t'))
        {
            return false;
        }

        string[][] fields = [.. lines.Skip(1).Select(l => l.Split(':', 2))];
        if (fields.Any(f => f.Length != 2 || f[0].Any(c => c is ' ' or '\t')))
        {
            return false;
        }

        string[] lengths = Values("content-length");
        string[] codings = Values("transfer-encoding");
        return lengths.Length + codings.Length <= 1
            && lengths.All(l => l.Length > 0 && l.All(char.IsAsciiDigit) && long.Parse(l, System.Globalization.CultureInfo.InvariantCulture) == parsed.Length)
            && (lengths.Length == 1 || parsed.Length == -1)
            && codings.All(c => c.Equals("chunked", StringComparison.OrdinalIgnoreCase))
            && parsed.Chunked == (codings.Length == 1)
            && (parsed.Http11 || !parsed.Chunked);

        string[] Values(string name) =>
            [.. fields.Where(f => f[0].Equals(name, StringComparison.OrdinalIgnoreCase)).Select(f => f[1].Trim(' ', '\t'))];
    }

    private static byte[] Mutate(byte[] bytes, int place, int kind, byte value)
    {
        int at = place % bytes.Length;
        return kind switch
        {
            0 => [.. bytes[..at], value, .. bytes[(at + 1)..]],
            1 => [.. bytes[..at], value, .. bytes[at..]],
            _ when bytes.Length > 1 => [.. bytes[..at], .. bytes[(at + 1)..]],
            _ => bytes,
        };
    }

    private static Parsed Parse(byte[] bytes)
    {
        var sink = default(NoSink);
        UpstreamFault fault = ResponseHeadParser.TryParse(bytes, ref sink, out ResponseHead head, out int consumed);
        return new Parsed(fault, consumed, head);
    }

    private readonly record struct Parsed(UpstreamFault Fault, int Consumed, ResponseHead Head);

    private readonly struct NoSink : IHeaderSink
    {
        public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
        {
        }
    }
}
