using System.Collections.Immutable;
using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Graph;

/// <summary>
/// HTTPS and TLS listeners of one port whose hostnames or certificates overlap: a client may then reuse its connection
/// to one of them for the other (GEP-3567). They are served nevertheless; it is only said.
/// </summary>
internal static class ListenerOverlaps
{
    public static ImmutableArray<ListenerNode> Mark(ImmutableArray<ListenerNode> listeners)
    {
        ListenerNode[] nodes = [.. listeners];
        foreach (IGrouping<int, int> port in Enumerable.Range(0, nodes.Length)
            .Where(i => nodes[i].Valid && nodes[i].TlsMode is not null).GroupBy(i => nodes[i].Listener.Port))
        {
            int[] sharing = [.. port];
            HashSet<int> hostnames = Overlapping(sharing, i => [nodes[i].Hostname ?? ""], anyDepth: true);
            HashSet<int> certificates = Overlapping(sharing, i => nodes[i].References.Certificates.SelectMany(c => c.DnsNames), anyDepth: false);
            foreach (int i in hostnames.Union(certificates))
            {
                bool byHostname = hostnames.Contains(i);
                nodes[i] = nodes[i] with
                {
                    Overlap = new Problem(
                        byHostname ? Reasons.OverlappingHostnames : Reasons.OverlappingCertificates,
                        $"the {(byHostname ? "hostname overlaps" : "certificate has a name in common")} with that of another listener on port {port.Key}: "
                        + "clients may reuse connections across them"),
                };
            }
        }

        return [.. nodes];
    }

    /// <summary>Which of <paramref name="listeners"/> have a name that a name of another one takes, or the other way round.</summary>
    /// <param name="names">Empty text takes every name.</param>
    /// <param name="anyDepth">A wildcard takes any number of labels, as in a hostname; else one, as in a certificate.</param>
    private static HashSet<int> Overlapping(int[] listeners, Func<int, IEnumerable<string>> names, bool anyDepth)
    {
        var owners = new Dictionary<string, HashSet<int>>(StringComparer.Ordinal);
        foreach (int listener in listeners)
        {
            foreach (string name in names(listener))
            {
                (owners.TryGetValue(name, out HashSet<int>? set) ? set : owners[name] = []).Add(listener);
            }
        }

        var overlapping = new HashSet<int>();
        foreach ((string name, HashSet<int> own) in owners)
        {
            foreach (string wider in Wider(name, anyDepth).Prepend(name))
            {
                if (owners.TryGetValue(wider, out HashSet<int>? others) && (own.Count > 1 || others.Any(o => !own.Contains(o))))
                {
                    overlapping.UnionWith(own);
                    overlapping.UnionWith(others);
                }
            }
        }

        return overlapping;
    }

    private static IEnumerable<string> Wider(string name, bool anyDepth)
    {
        if (name.Length == 0)
        {
            yield break;
        }

        bool wildcard = name.StartsWith("*.", StringComparison.Ordinal);
        string rest = wildcard ? name[2..] : name;
        for (int dot = rest.IndexOf('.', StringComparison.Ordinal); dot >= 0 && (anyDepth || !wildcard); dot = rest.IndexOf('.', StringComparison.Ordinal))
        {
            rest = rest[(dot + 1)..];
            yield return $"*.{rest}";
            if (!anyDepth)
            {
                yield break;
            }
        }

        if (anyDepth)
        {
            yield return "";
        }
    }
}
