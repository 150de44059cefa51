using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;
using NodeAgent.Translator.Graph.Policies;

namespace NodeAgent.Translator.Graph.Backends;

/// <summary>Addresses and host names outside of the cluster, as the user lists them.</summary>
internal sealed class EndpointGroupBackendType : BackendType
{
    public override string Group => Groups.NodeAgent;

    public override string Kind => EndpointGroup.KindName;

    public override (SnapshotTarget? Target, Problem? Problem) Resolve(BackendRef backend, string ns, RouteObject route, ObjectIndex index)
    {
        string name = $"{Kind} {ns}/{backend.Name}";
        if (index.Find<EndpointGroup>(ns, backend.Name) is not EndpointGroup group)
        {
            return Fault(Reasons.BackendNotFound, $"{name} does not exist");
        }

        if (backend.Port is int port && port != group.Port)
        {
            return Fault(Reasons.BackendNotFound, $"{name} has port {group.Port}, not {port}", "leave out the port, or name that one");
        }

        var target = new EndpointGroupTarget(ns, backend.Name, group.Port, route.Traffic == RouteTraffic.Datagrams);
        return Refuse(group, index) is Problem refused
            ? (null, refused with { Message = $"{name}: {refused.Message}", Subject = target.Subject })
            : (target, null);
    }

    /// <summary>Null when it can be used.</summary>
    public static Problem? Refuse(EndpointGroup group, ObjectIndex index) =>
        index.InCluster && NodeReach.Check(group) is Problem problem ? problem
        : !group.Hostnames.IsEmpty && !index.Serves(DataPlaneFeatures.ResolvedBackends)
            ? new Problem(Reasons.UnsupportedValue, "host names are not resolved here")
            : null;
}

internal sealed record EndpointGroupTarget(string Namespace, string Name, int Port, bool Udp) : SnapshotTarget
{
    public override string Id => BackendResource.IdOf(Namespace, Name, Port, EndpointGroup.KindName, Udp);

    public override string Subject => $"{EndpointGroup.KindName}/{Namespace}/{Name}";

    public override TargetResult Build(ObjectIndex index)
    {
        if (index.Find<EndpointGroup>(Namespace, Name) is not EndpointGroup group || (index.InCluster && NodeReach.Check(group) is not null))
        {
            return default;
        }

        BackendProtocol protocol = Udp ? BackendProtocol.Udp : group.AppProtocol == "H2C" ? BackendProtocol.Http2 : BackendProtocol.Http1;
        ImmutableArray<Endpoint> endpoints =
        [
            .. group.Endpoints.Select(e => new Endpoint(e.Address, e.Port ?? group.Port)).Distinct()
                .OrderBy(e => e.Address, StringComparer.Ordinal).ThenBy(e => e.Port),
        ];
        return TargetResult.Of(new BackendResource(Namespace, Name, Port, protocol, endpoints)
        {
            Kind = EndpointGroup.KindName,
            Hostnames = group.Hostnames.IsEmpty
                ? null
                : [.. group.Hostnames.Select(h => new ResolvedHost(h.Name, h.Port ?? group.Port, h.IntervalMs)).Distinct()],
            Settings = BackendSettingsPolicies.ConfigOf(Subject, null, Udp, index),
        });
    }
}
