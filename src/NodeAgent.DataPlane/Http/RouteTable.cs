using System.Collections.Immutable;
using System.Runtime.CompilerServices;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// All HTTP listeners that share one address and port, as one immutable lookup. A match takes hash lookups whose number
/// depends on the request alone, not on the number of routes, and allocates nothing. A <see cref="RouteIndex"/> makes it.
/// <para>
/// The order (HTTPRouteRule.matches, facts 5.2): 1. the one listener with the most specific hostname; 2. of its routes'
/// hostnames the most specific, then less specific ones while no rule matches; then as <see cref="HostRoutes"/> has it.
/// </para>
/// </summary>
internal sealed class RouteTable(ImmutableArray<ListenerRoutes> listeners, HostTable hosts, ImmutableArray<string> problems)
{
    public ImmutableArray<ListenerRoutes> Listeners => listeners;

    /// <summary>One line per match that can never hold, such as a pattern that this version cannot compile.</summary>
    public ImmutableArray<string> Problems => [.. problems.Concat(hosts.Nodes.SelectMany(n => n.Routes?.Problems ?? [])).Distinct(StringComparer.Ordinal)];

    /// <param name="host">Without its port, in any case, with or without a trailing dot; empty when there is none.</param>
    public MatchOutcome TryMatch<TRequest>(ReadOnlySpan<char> host, in TRequest request, out RouteMatch match)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        if (host.EndsWith('.'))
        {
            host = host[..^1];
        }

        var listenerNames = new HostNames(hosts, HostTable.ListenerScope, host);
        if (!listenerNames.MoveNext(out int name))
        {
            match = new RouteMatch(null, -1, 0);
            return MatchOutcome.NoListener;
        }

        int listener = hosts.Nodes[name].Listener;

        // Members of the interface are not known to be readonly: without this each call would copy the struct.
        ref TRequest facts = ref Unsafe.AsRef(in request);
        ReadOnlySpan<char> path = facts.Path;
        if (path.StartsWith('/'))
        {
            var routeNames = new HostNames(hosts, HostTable.RouteScope(listener), host);
            while (routeNames.MoveNext(out int routeName))
            {
                HttpRuleTarget? rule = hosts.Nodes[routeName].Routes!.Match(ref facts, path, out int length);
                if (rule is not null)
                {
                    match = new RouteMatch(rule, listener, length);
                    return MatchOutcome.Matched;
                }
            }
        }

        match = new RouteMatch(null, listener, 0);
        return MatchOutcome.NoRule;
    }
}
