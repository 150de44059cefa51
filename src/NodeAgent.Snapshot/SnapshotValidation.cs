namespace NodeAgent.Snapshot;

/// <summary>What must hold of every snapshot, whoever built it: references resolve and numbers are in range.</summary>
public static class SnapshotValidation
{
    /// <summary>One line per broken rule, naming the resource; empty when the snapshot is sound.</summary>
    public static IReadOnlyList<string> Check(ConfigSnapshot snapshot)
    {
        var problems = new List<string>();
        var backends = snapshot.Resources.Where(r => r is BackendResource or StaticFilesResource)
            .Select(b => b.Id).ToHashSet(StringComparer.Ordinal);
        var listeners = snapshot.All<GatewayResource>()
            .SelectMany(g => g.Listeners.Select(l => (g.Key, l.Name))).ToHashSet();

        problems.AddRange(GatewayValidation.Check(snapshot));
        problems.AddRange(BackendValidation.Check(snapshot));

        foreach (HttpRouteResource route in snapshot.All<HttpRouteResource>())
        {
            CheckParents(route.Id, route.Parents);
            foreach (HttpRule rule in route.Rules)
            {
                if (rule.Matches.IsDefaultOrEmpty)
                {
                    problems.Add($"{route.Id}: rule {rule.Index} has no match");
                }

                CheckShares(route.Id, rule.Backends);
                CheckFilters(route.Id, rule.Filters);
            }
        }

        foreach (TcpRouteResource route in snapshot.All<TcpRouteResource>())
        {
            CheckParents(route.Id, route.Parents);
            CheckShares(route.Id, route.Backends);
        }

        foreach (UdpRouteResource route in snapshot.All<UdpRouteResource>())
        {
            CheckParents(route.Id, route.Parents);
            CheckShares(route.Id, route.Backends);
        }

        foreach (TlsRouteResource route in snapshot.All<TlsRouteResource>())
        {
            CheckParents(route.Id, route.Parents);
            CheckShares(route.Id, route.Backends);
        }

        foreach (DnsRouteResource route in snapshot.All<DnsRouteResource>())
        {
            CheckParents(route.Id, route.Parents);
            foreach (DnsRule rule in route.Rules)
            {
                CheckShares(route.Id, rule.Backends);
            }
        }

        return problems;

        void CheckParents(string id, IEnumerable<RouteParent> parents)
        {
            foreach (RouteParent parent in parents)
            {
                if (!listeners.Contains((parent.Gateway, parent.Listener)))
                {
                    problems.Add($"{id}: no listener {parent.Listener} in gateway {parent.Gateway}");
                }
            }
        }

        void CheckShares(string id, IEnumerable<BackendShare> shares)
        {
            foreach (BackendShare share in shares)
            {
                if ((share.Backend is null) == (share.Fault is null))
                {
                    problems.Add($"{id}: a backend share must have either a backend or a fault");
                }
                else if (share.Backend is not null)
                {
                    CheckBackend(id, share.Backend);
                }

                CheckFilters(id, share.Filters);
            }
        }

        void CheckFilters(string id, HttpFilters? filters)
        {
            foreach (MirrorFilter mirror in filters?.Mirrors ?? [])
            {
                CheckBackend(id, mirror.Backend);
            }

            if (filters?.ExternalAuth is ExternalAuthFilter auth)
            {
                CheckBackend(id, auth.Backend);
            }
        }

        void CheckBackend(string id, string backend)
        {
            if (!backends.Contains(backend))
            {
                problems.Add($"{id}: no {backend}");
            }
        }
    }
}
