using System.Collections.Immutable;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// The HTTP listeners of one address and port with their routes by hostname, kept from snapshot to snapshot: of an edit only the hostnames
/// that it touches are built anew, and the table shares all others with the one before. For one thread; the tables are for any.
/// </summary>
/// <param name="targets">Gives rules what serves them.</param>
internal sealed class RouteIndex(IRuleTargets targets)
{
    private readonly RoutePatterns _patterns = new();
    private Dictionary<(string Gateway, string Listener), ListenerIndex> _listeners = [];

    /// <param name="removed">Some route is not there any more.</param>
    public RouteTable Update(ImmutableArray<ListenerRoutes> listeners, out bool removed)
    {
        var present = new Dictionary<(string Gateway, string Listener), ListenerIndex>();
        var problems = ImmutableArray.CreateBuilder<string>();
        var names = new HashSet<string>(StringComparer.OrdinalIgnoreCase);
        var served = new List<(int Number, ListenerIndex Index)>(listeners.Length);
        removed = false;
        for (int i = 0; i < listeners.Length; i++)
        {
            ListenerRoutes routes = listeners[i];
            if (!names.Add(routes.Listener.Hostname ?? ""))
            {
                problems.Add($"{routes.Gateway}: listener {routes.Listener.Name} has the hostname of another");
                continue;
            }

            (string, string) key = (routes.Gateway, routes.Listener.Name);
            if (!_listeners.Remove(key, out ListenerIndex? index) || index.Hostname != routes.Listener.Hostname)
            {
                removed |= index is not null;
                index = new ListenerIndex(routes.Listener.Hostname, targets, _patterns);
            }

            removed |= index.Update(routes.Routes);
            present[key] = index;
            served.Add((i, index));
        }

        removed |= _listeners.Count > 0;
        _listeners = present;
        return new RouteTable(listeners, Hosts(listeners, served), problems.ToImmutable());
    }

    private static HostTable Hosts(ImmutableArray<ListenerRoutes> listeners, List<(int Number, ListenerIndex Index)> served)
    {
        var tree = new HostTree(scopes: 1 + listeners.Length, names: served.Count + served.Sum(s => s.Index.HostCount));
        foreach ((int number, ListenerIndex index) in served)
        {
            tree.Add(HostTable.ListenerScope, index.Hostname, new HostNode(number, null));
            if (listeners[number].Listener.SingleLabelWildcards)
            {
                // Listeners of one address and port are of one Gateway, and so of one API: all of them say the same.
                tree.TakeOneLabel(HostTable.ListenerScope);
                tree.TakeOneLabel(HostTable.RouteScope(number));
            }

            foreach ((string? name, HostRoutes routes) in index.Hosts)
            {
                tree.Add(HostTable.RouteScope(number), name, new HostNode(number, routes));
            }
        }

        return tree.Build();
    }
}
