using FsCheck;
using FsCheck.Fluent;
using NodeAgent.DataPlane.Dns;

namespace NodeAgent.DataPlane.Tests.Dns;

public sealed class DnsReaderProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(5000);

    private static readonly Gen<string> Label = Gen.Elements("a", "www", "example", "xn--bcher-kva", new string('l', 63));

    private static readonly Gen<string> Name = Label.ListOf().Select(l => string.Join('.', l.Take(3)));

    private static readonly Gen<byte[]> Query =
        from name in Name
        from type in Gen.Elements(1, 28, 16, 255)
        from edns in Gen.Elements<int?>(null, 512, 1232, 4096)
        select Message.Query(name, type, edns: edns);

    private static readonly Gen<byte[]> Random = Gen.Choose(0, 255).Select(b => (byte)b).ListOf().Select(b => b.ToArray());

    private static readonly Gen<byte[]> Mutated =
        from query in Query
        from place in Gen.Choose(0, 10_000)
        from value in Gen.Elements<byte>(0, 1, 12, 13, 41, 63, 64, 0xc0, 0xc1, 0xff)
        from cut in Gen.Choose(0, 40)
        select (byte[])[.. query[..(place % query.Length)], value, .. query[((place % query.Length) + 1)..^Math.Min(cut % 3, query.Length - (place % query.Length) - 1)]];

    [Fact]
    public void Whatever_the_bytes_are_parsing_ends_without_an_exception() => Check.One(Many,
        Prop.ForAll(Gen.OneOf(Query, Random, Mutated).ToArbitrary(), bytes =>
        {
            DnsQuery query = default;
            int rcode = DnsQuery.Parse(bytes, ref query);
            DnsName name = default;
            int offset = Math.Min(12, bytes.Length);
            _ = DnsReader.TryReadName(bytes, ref offset, ref name);
            return rcode >= -1 && query.QuestionEnd <= bytes.Length && offset <= bytes.Length && name.Length < DnsName.MaxLength;
        }));

    [Fact]
    public void What_cannot_be_read_is_answered_by_a_header_that_can() => Check.One(Many,
        Prop.ForAll(Gen.OneOf(Query, Random, Mutated).ToArbitrary(), bytes =>
        {
            DnsQuery query = default;
            int rcode = DnsQuery.Parse(bytes, ref query);
            if (rcode < 0)
            {
                return true;
            }

            byte[] output = new byte[DnsWriter.MinLength];
            int length = DnsWriter.Write(output, bytes, query, rcode, null, authoritative: false);
            return length >= 12 && Message.Id(output) == Message.Id(bytes) && (output[2] & 0x80) != 0 && Message.Rcode(output) == (rcode & 0xf);
        }));

    [Fact]
    public void A_query_is_read_as_it_was_written() => Check.One(Many,
        Prop.ForAll(Name.ToArbitrary(), name =>
        {
            byte[] bytes = Message.Query(name.ToUpperInvariant(), 28, id: 77, edns: 1400);
            DnsQuery query = default;
            return DnsQuery.Parse(bytes, ref query) == 0
                && (query.Id, query.Question.Type, query.DatagramLimit, query.HasOpt) == (77, 28, 1400, true)
                && query.Question.Name.ToString() == (name.Length == 0 ? "." : name);
        }));

    [Fact]
    public void Pointers_that_lead_round_in_a_circle_are_refused()
    {
        // At 12 a label and then a pointer to itself, to what follows, or back and forth.
        byte[][] loops =
        [
            [0xc0, 12],
            [1, (byte)'a', 0xc0, 12],
            [1, (byte)'a', 0xc0, 14],
            [0xc0, 14, 0xc0, 12],
            [0xc0, 0],
        ];
        foreach (byte[] loop in loops)
        {
            byte[] message = [.. new byte[12], .. loop, .. new byte[4]];
            DnsName name = default;
            int offset = 12;
            Assert.False(DnsReader.TryReadName(message, ref offset, ref name));
            Assert.Equal(12, offset);
        }
    }

    [Fact]
    public void A_pointer_to_an_earlier_name_is_followed()
    {
        byte[] message = [.. new byte[12], .. Message.Name("example.com"), 3, (byte)'W', (byte)'w', (byte)'w', 0xc0, 12, 9, 9];
        DnsName name = default;
        int offset = 25;
        Assert.True(DnsReader.TryReadName(message, ref offset, ref name));
        Assert.Equal("www.example.com", name.ToString());
        Assert.Equal(31, offset);
    }

    [Fact]
    public void Names_of_more_than_255_bytes_are_refused()
    {
        string label = new('x', 63);
        string longest = $"{label}.{label}.{label}.{new string('y', 61)}";
        DnsQuery query = default;
        Assert.Equal(0, DnsQuery.Parse(Message.Query(longest, 1), ref query));
        Assert.Equal(1, DnsQuery.Parse(Message.Query(longest + "y", 1), ref query));
    }

    [Fact]
    public void Only_the_answer_to_the_very_question_counts()
    {
        byte[] asked = Message.Query("a.example", 1);
        DnsQuery query = default;
        Assert.Equal(0, DnsQuery.Parse(asked, ref query));
        Assert.True(IsAnswer(Message.Answer(asked, 1), 0x1234));
        Assert.True(IsAnswer(Message.Answer(Message.Query("A.Example", 1), 1), 0x1234));
        Assert.False(IsAnswer(Message.Answer(asked, 1), 0x1235));
        Assert.False(IsAnswer(Message.Answer(Message.Query("b.example", 1), 1), 0x1234));
        Assert.False(IsAnswer(Message.Answer(Message.Query("a.example", 28), 1), 0x1234));
        Assert.False(IsAnswer(asked, 0x1234));
        Assert.False(IsAnswer(asked[..11], 0x1234));

        bool IsAnswer(byte[] message, ushort id) => DnsQuery.IsAnswer(message, id, query.Question);
    }
}
