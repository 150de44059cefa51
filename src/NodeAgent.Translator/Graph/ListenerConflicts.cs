using System.Collections.Immutable;
using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Graph;

/// <summary>
/// Listeners of one Gateway must differ in port, protocol and (HTTP) hostname. Of those that do not, none wins:
/// all are refused. Listeners that are refused for reasons of their own hold no port and conflict with nobody.
/// </summary>
internal static class ListenerConflicts
{
    public static ImmutableArray<ListenerNode> Mark(ImmutableArray<ListenerNode> listeners)
    {
        ListenerNode[] marked = [.. listeners];
        foreach (IGrouping<int, int> port in Enumerable.Range(0, marked.Length).Where(i => listeners[i].Valid)
            .GroupBy(i => listeners[i].Listener.Port))
        {
            int[] sharing = [.. port];
            if (sharing.Length > 1 && sharing.Any(i => listeners[i].Protocol == ListenerProtocol.Tcp))
            {
                Refuse(sharing, Reasons.ProtocolConflict, $"port {port.Key}");
                continue;
            }

            foreach (IGrouping<string, int> hostname in sharing.GroupBy(i => listeners[i].Hostname ?? ""))
            {
                string what = hostname.Key.Length == 0 ? $"port {port.Key} without hostname" : $"port {port.Key}, hostname {hostname.Key}";
                Refuse([.. hostname], Reasons.HostnameConflict, what);
            }
        }

        return [.. marked];

        void Refuse(int[] sharing, string reason, string what)
        {
            foreach (int i in sharing.Length > 1 ? sharing : [])
            {
                string[] others = [.. sharing.Where(o => o != i).Select(o => listeners[o].Listener.Name)];
                var problem = new Problem(reason, $"{what} is also claimed by listener {Conditions.Names(others)}");
                marked[i] = listeners[i] with { Refused = problem, Conflicted = true };
            }
        }
    }
}
