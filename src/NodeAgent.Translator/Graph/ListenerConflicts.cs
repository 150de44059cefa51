using System.Collections.Immutable;
using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Graph;

/// <summary>
/// Listeners of one Gateway, with those of its ListenerSets, must differ in port, protocol and (HTTP, HTTPS, TLS)
/// hostname. Within one object nobody wins: all that are alike are refused. Between objects the one with precedence
/// keeps its place and only the other's listener is refused. Listeners that are refused for reasons of their own hold
/// no place and conflict with nobody.
/// </summary>
internal static class ListenerConflicts
{
    /// <param name="objects">The Gateway, then its ListenerSets, in order of precedence.</param>
    /// <param name="mixedModes">TLS listeners on one port may terminate here and pass through there.</param>
    public static ImmutableArray<ImmutableArray<ListenerNode>> Mark(
        IReadOnlyList<(string Owner, ImmutableArray<ListenerNode> Listeners)> objects, bool mixedModes)
    {
        var ports = new Dictionary<(bool Udp, int Port), PortClaims>();
        var marked = ImmutableArray.CreateBuilder<ImmutableArray<ListenerNode>>(objects.Count);
        foreach ((string owner, ImmutableArray<ListenerNode> listeners) in objects)
        {
            ListenerNode[] nodes = [.. listeners];
            foreach (IGrouping<(bool Udp, int Port), int> port in Enumerable.Range(0, nodes.Length)
                .Where(i => nodes[i].Accepted).GroupBy(i => Place(nodes[i])))
            {
                if (!ports.TryGetValue(port.Key, out PortClaims? claims))
                {
                    ports[port.Key] = claims = new PortClaims(mixedModes);
                }

                int[] left = [.. port.Where(i => !Refuse(nodes, i, claims.Conflict(nodes[i])))];
                MarkWithin(nodes, left, mixedModes);
                foreach (int i in left)
                {
                    claims.Add(owner, listeners[i]);
                }
            }

            marked.Add([.. nodes]);
        }

        return marked.ToImmutable();
    }

    private static (bool Udp, int Port) Place(ListenerNode node) => (node.Protocol == ListenerProtocol.Udp, node.Listener.Port);

    private static bool Refuse(ListenerNode[] nodes, int i, Problem? problem)
    {
        if (problem is not null)
        {
            nodes[i] = nodes[i] with { Refused = problem, Conflicted = true };
        }

        return problem is not null;
    }

    /// <summary>Listeners of one object on one port: none of those that are alike wins.</summary>
    private static void MarkWithin(ListenerNode[] nodes, int[] sharing, bool mixedModes)
    {
        if (sharing.Length < 2)
        {
            return;
        }

        ListenerNode[] before = [.. nodes];
        string port = $"port {before[sharing[0]].Listener.Port}";
        if (sharing.Any(i => PortClaims.Layer(before[i].Protocol) != PortClaims.Layer(before[sharing[0]].Protocol))
            || before[sharing[0]].Protocol is ListenerProtocol.Tcp or ListenerProtocol.Udp)
        {
            RefuseAll(sharing, Reasons.ProtocolConflict, port);
            return;
        }

        int[] tls = [.. sharing.Where(i => before[i].Protocol == ListenerProtocol.Tls)];
        if (!mixedModes && tls.Select(i => before[i].TlsMode).Distinct().Count() > 1)
        {
            RefuseAll(tls, Reasons.ProtocolConflict, $"TLS mode on {port}");
            sharing = [.. sharing.Except(tls)];
        }

        foreach (IGrouping<string, int> hostname in sharing.GroupBy(i => before[i].Hostname ?? ""))
        {
            string what = hostname.Key.Length == 0 ? $"{port} without hostname" : $"{port}, hostname {hostname.Key}";
            RefuseAll([.. hostname], Reasons.HostnameConflict, what);
        }

        void RefuseAll(int[] alike, string reason, string what)
        {
            foreach (int i in alike.Length > 1 ? alike : [])
            {
                string[] others = [.. alike.Where(o => o != i).Select(o => before[o].Listener.Name)];
                Refuse(nodes, i, new Problem(reason, $"{what} is also claimed by listener {Conditions.Names(others)}"));
            }
        }
    }
}
