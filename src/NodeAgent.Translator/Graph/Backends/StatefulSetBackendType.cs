using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Backends;

/// <summary>
/// The Pods of a StatefulSet, found through the slices of the Service that governs it. A port that the Service has is
/// that port, with its appProtocol and policies; any other is one of the Pods themselves.
/// </summary>
internal sealed class StatefulSetBackendType : BackendType
{
    public override string Group => Groups.Apps;

    public override string Kind => "StatefulSet";

    public override (SnapshotTarget? Target, Problem? Problem) Resolve(BackendRef backend, string ns, RouteObject route, ObjectIndex index)
    {
        string name = $"StatefulSet {ns}/{backend.Name}";
        if (index.Find<StatefulSet>(ns, backend.Name) is not StatefulSet set)
        {
            return Fault(Reasons.BackendNotFound, $"{name} does not exist");
        }

        if (set.ServiceName is null)
        {
            return Fault(Reasons.BackendNotFound, $"{name} has no governing Service", "set its spec.serviceName");
        }

        if (index.Find<Service>(ns, set.ServiceName) is not Service service)
        {
            return Fault(Reasons.BackendNotFound, $"Service {ns}/{set.ServiceName}, which governs {name}, does not exist");
        }

        if (service.Type == "ExternalName")
        {
            return ServiceBackendType.ExternalName($"Service {ns}/{set.ServiceName}");
        }

        if (backend.Port is not int number)
        {
            return Fault(Reasons.BackendNotFound, $"backendRef to {name} names no port");
        }

        string transport = TransportOf(route);
        return ServicePorts.Find(service, number, transport) is ServicePort port
            && ServiceBackendType.CheckProtocol(service, port, route, index) is Problem problem
                ? (null, problem)
                : (new StatefulSetTarget(ns, backend.Name, number, transport == "UDP"), null);
    }
}

internal sealed record StatefulSetTarget(string Namespace, string Name, int Port, bool Udp) : SnapshotTarget
{
    private const string Kind = "StatefulSet";

    public override string Id => BackendResource.IdOf(Namespace, Name, Port, Kind, Udp);

    public override string Subject => $"{Kind}/{Namespace}/{Name}";

    public override TargetResult Build(ObjectIndex index)
    {
        if (index.Find<StatefulSet>(Namespace, Name)?.ServiceName is not string serviceName
            || index.Find<Service>(Namespace, serviceName) is not Service service)
        {
            return default;
        }

        ServicePort? port = ServicePorts.Find(service, Port, Udp ? "UDP" : "TCP");
        ImmutableArray<Endpoint> endpoints = EndpointSelection.Select(
            index.Slices(Namespace, serviceName),
            slice => port is null ? Port : slice.Ports.FirstOrDefault(p => p.Name == port.Name && p.Protocol == port.Protocol)?.Port,
            IsOurs,
            service.IpFamilies);
        BackendProtocol protocol = Udp ? BackendProtocol.Udp : port is null ? BackendProtocol.Http1 : AppProtocol.Of(port).Protocol;
        var resource = new BackendResource(Namespace, Name, Port, protocol, endpoints) { Kind = Kind };
        return port is null ? TargetResult.Of(resource) : ServiceTarget.Describe(resource, service, port, index);
    }

    /// <summary>The Service may select Pods of others too; those of a StatefulSet are called NAME-NUMBER.</summary>
    private bool IsOurs(SliceEndpoint endpoint) =>
        endpoint.Owner is not { Kind: "Pod" } owner
        || (owner.Name.Length > Name.Length + 1
            && owner.Name.StartsWith(Name, StringComparison.Ordinal)
            && owner.Name[Name.Length] == '-'
            && owner.Name.AsSpan(Name.Length + 1).IndexOfAnyExceptInRange('0', '9') < 0);
}
