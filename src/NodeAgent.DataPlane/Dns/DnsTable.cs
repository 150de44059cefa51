using System.Collections.Immutable;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Dns;

/// <summary>One rule of a DNSRoute with what serving it needs.</summary>
/// <param name="Route">NS/NAME, for logs.</param>
/// <param name="Rcode">What a rule that refuses answers; NoError for others.</param>
/// <param name="Answer">Null unless the rule answers by itself.</param>
internal sealed record DnsRuleTarget(
    string Route,
    ImmutableArray<int> Types,
    int Rcode,
    DnsAnswer? Answer,
    WeightedShares Shares,
    TimeSpan Timeout,
    DnsCounters Counters)
{
    public bool Takes(ushort type) => Types.IsEmpty || Types.Contains(type);
}

/// <summary>
/// The rules of all DNSRoutes on one listener. The most specific name decides: exact, then the longest suffix, then rules for any name;
/// among rules of one name those that name the type come first, then the older route, then the lower index. Immutable.
/// </summary>
internal sealed class DnsTable
{
    private const string Wildcard = "*.";

    private readonly Dictionary<string, DnsRuleTarget[]> _exact;
    private readonly Dictionary<string, DnsRuleTarget[]> _below;
    private readonly DnsRuleTarget[] _any;

    /// <param name="rules">In order of precedence among equals.</param>
    public DnsTable(IEnumerable<(DnsRule Rule, DnsRuleTarget Target)> rules)
    {
        // A stable sort: rules with types first, otherwise as they came.
        (DnsRule Rule, DnsRuleTarget Target)[] ordered = [.. rules.OrderBy(r => r.Target.Types.IsEmpty)];
        (string Name, DnsRuleTarget Target)[] named = [.. ordered.SelectMany(r => r.Rule.Names.Select(n => (n, r.Target)))];
        _any = [.. ordered.Where(r => r.Rule.Names.IsEmpty).Select(r => r.Target)];
        _exact = Index(named.Where(n => !n.Name.StartsWith(Wildcard, StringComparison.Ordinal)));
        _below = Index(named.Where(n => n.Name.StartsWith(Wildcard, StringComparison.Ordinal)).Select(n => (n.Name[Wildcard.Length..], n.Target)));
    }

    public DnsRuleTarget? Find(in DnsQuestion question)
    {
        ReadOnlySpan<byte> wire = question.Name.Wire;
        Span<char> text = stackalloc char[DnsName.MaxLength];
        for (int i = 0; i < wire.Length; i++)
        {
            text[i] = (char)wire[i];
        }

        ReadOnlySpan<char> name = text[..wire.Length];
        if (Find(_exact, name, question.Type) is { } exact)
        {
            return exact;
        }

        while (name.Length > 0 && _below.Count > 0)
        {
            name = name[(name[0] + 1)..];
            if (Find(_below, name, question.Type) is { } below)
            {
                return below;
            }
        }

        return First(_any, question.Type);
    }

    private static DnsRuleTarget? Find(Dictionary<string, DnsRuleTarget[]> index, ReadOnlySpan<char> name, ushort type) =>
        index.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out DnsRuleTarget[]? rules) ? First(rules, type) : null;

    private static DnsRuleTarget? First(DnsRuleTarget[] rules, ushort type)
    {
        foreach (DnsRuleTarget rule in rules)
        {
            if (rule.Takes(type))
            {
                return rule;
            }
        }

        return null;
    }

    /// <summary>Keyed by the wire form, one character a byte: labels may hold dots.</summary>
    private static Dictionary<string, DnsRuleTarget[]> Index(IEnumerable<(string Name, DnsRuleTarget Target)> rules)
    {
        var index = new Dictionary<string, List<DnsRuleTarget>>(StringComparer.Ordinal);
        foreach ((string text, DnsRuleTarget target) in rules)
        {
            if (DnsName.TryParse(text, out DnsName name))
            {
                string key = System.Text.Encoding.Latin1.GetString(name.Wire);
                (index.TryGetValue(key, out List<DnsRuleTarget>? known) ? known : index[key] = []).Add(target);
            }
        }

        return index.ToDictionary(x => x.Key, x => x.Value.ToArray(), StringComparer.Ordinal);
    }
}
