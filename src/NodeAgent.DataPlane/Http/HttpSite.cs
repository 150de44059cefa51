using System.Collections.Immutable;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Http.Extensions;
using NodeAgent.DataPlane.Http.Transport;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http;

/// <summary>What one address:port serves over HTTP, as one snapshot has it. A request reads it once and keeps it.</summary>
/// <param name="Listeners">Parallel to the table's listeners.</param>
internal sealed record HttpSite(
    HttpFront Front,
    RouteTable Table,
    ImmutableArray<HttpListenerTarget> Listeners) : IListenerTarget
{
    public void Accept(Acceptor acceptor, int fd, in SockAddr peer)
    {
        acceptor.Worker.Budget.Give(1); // upstream connections take their own
        HttpConnection.Start(acceptor, Front, fd, peer);
    }
}

/// <summary>One rule of an HTTPRoute with what serving it needs.</summary>
/// <param name="RouteName">NS/NAME, for logs.</param>
/// <param name="ShareHeaders">Parallel to the rule's backendRefs.</param>
/// <param name="ShareExtensions">Parallel to the rule's backendRefs.</param>
internal sealed record HttpRuleTarget(
    string RouteName,
    HttpRule Rule,
    WeightedShares Shares,
    HeaderFilters Headers,
    ImmutableArray<HeaderFilters> ShareHeaders,
    HttpExtension[] Extensions,
    ImmutableArray<HttpExtension[]> ShareExtensions,
    HttpCounters Counters);

/// <param name="Name">NS/GATEWAY/LISTENER, for logs.</param>
/// <param name="Counters">Of the requests that matched no route.</param>
internal sealed record HttpListenerTarget(string Name, ListenerConfig Config, HttpCounters Counters);
