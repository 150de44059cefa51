using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>
/// Listeners of one Gateway, with those of its ListenerSets, must differ in port, protocol and (HTTP, HTTPS, TLS)
/// hostname; TLS may pass through for one hostname and end here for another. Within one object nobody wins: all that
/// are alike are refused. Between objects the one with precedence keeps its place, and only the other's listener is
/// refused. Listeners that are refused for reasons of their own hold no place and conflict with nobody.
/// </summary>
internal static class ListenerConflicts
{
    /// <param name="listeners">The Gateway's, then those of its ListenerSets, in order of precedence.</param>
    public static ImmutableArray<ListenerNode> Mark(ImmutableArray<ListenerNode> listeners)
    {
        ListenerNode[] nodes = [.. listeners];
        var ports = new Dictionary<(bool Udp, int Port), PortClaims>();
        foreach (IGrouping<string, int> owner in Enumerable.Range(0, nodes.Length).Where(i => nodes[i].Accepted).GroupBy(i => Owner(nodes[i].Owner)))
        {
            foreach (IGrouping<(bool Udp, int Port), int> port in owner.GroupBy(i => Place(nodes[i])))
            {
                if (!ports.TryGetValue(port.Key, out PortClaims? claims))
                {
                    ports[port.Key] = claims = new PortClaims();
                }

                int[] left = [.. port.Where(i => !Refuse(nodes, i, claims.Conflict(nodes[i])))];
                MarkWithin(nodes, left);
                foreach (int i in left)
                {
                    claims.Add(owner.Key, listeners[i]);
                }
            }
        }

        return [.. nodes];
    }

    private static string Owner(ApiObject owner) => $"{owner.Kind} {owner.Meta.Key}";

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
    private static void MarkWithin(ListenerNode[] nodes, int[] sharing)
    {
        if (sharing.Length < 2)
        {
            return;
        }

        ListenerNode[] before = [.. nodes];
        string port = $"port {before[sharing[0]].Listener.Port}";
        if (sharing.Select(i => PortClaims.Layer(before[i].Protocol)).Distinct().Count() > 1
            || before[sharing[0]].Protocol is ListenerProtocol.Tcp or ListenerProtocol.Udp)
        {
            RefuseAll(sharing, Reasons.ProtocolConflict, port);
            return;
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
