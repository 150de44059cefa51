using System.Collections.Immutable;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Dns;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Dns;

public sealed class DnsTableTests
{
    private const ushort A = 1;
    private const ushort Aaaa = 28;

    [Fact]
    public void The_most_specific_name_decides()
    {
        DnsTable table = Table(
            ("any", [], []),
            ("below", ["*.example.com"], []),
            ("deeper", ["*.eu.example.com"], []),
            ("exact", ["www.example.com"], []));
        Assert.Equal("exact", Find(table, "WWW.example.com"));
        Assert.Equal("below", Find(table, "ww.example.com"));
        Assert.Equal("below", Find(table, "a.b.c.example.com"));
        Assert.Equal("deeper", Find(table, "www.eu.example.com"));
        Assert.Equal("below", Find(table, "eu.example.com"));
        Assert.Equal("any", Find(table, "example.com"));
        Assert.Equal("any", Find(table, "badexample.com"));
        Assert.Equal("any", Find(table, ""));
    }

    [Fact]
    public void Among_rules_of_one_name_those_with_the_type_come_first_and_then_the_earlier()
    {
        DnsTable table = Table(
            ("all types", ["a.b"], []),
            ("aaaa", ["a.b"], [Aaaa]),
            ("aaaa too", ["a.b"], [Aaaa]),
            ("all types too", ["a.b"], []));
        Assert.Equal("aaaa", Find(table, "a.b", Aaaa));
        Assert.Equal("all types", Find(table, "a.b"));
    }

    [Fact]
    public void A_rule_without_the_type_leaves_the_query_to_less_specific_ones()
    {
        DnsTable table = Table(("exact", ["a.b"], [Aaaa]), ("below", ["*.b"], [A]));
        Assert.Equal("below", Find(table, "a.b"));
        Assert.Null(Find(table, "a.b", 16));
        Assert.Null(Find(table, "c", A));
    }

    [Fact]
    public void A_dot_inside_a_label_is_no_border()
    {
        DnsTable table = Table(("rule", ["a.b"], []));
        DnsQuestion question = new() { Type = A, Class = 1 };
        Assert.True(question.Name.TryAdd("a.b"u8));
        Assert.Null(table.Find(question));
    }

    private static DnsTable Table(params (string Name, string[] Names, int[] Types)[] rules) => new(rules.Select((r, i) => (
        new DnsRule(i, [.. r.Names], [.. r.Types], null, null, []),
        new DnsRuleTarget(
            r.Name, [.. r.Types], 0, null, new WeightedShares([], _ => throw new InvalidOperationException()), TimeSpan.Zero, new DnsCounters(1)))));

    private static string? Find(DnsTable table, string name, ushort type = A)
    {
        DnsQuery query = default;
        Assert.Equal(0, DnsQuery.Parse(Message.Query(name, type), ref query));
        return table.Find(query.Question)?.Route;
    }
}
