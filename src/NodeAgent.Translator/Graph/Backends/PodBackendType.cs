using System.Collections.Immutable;
using System.Net;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Backends;

/// <summary>A single Pod by name, for what must reach just that one; it speaks HTTP/1.1, or HTTP/2 with GRPCRoutes.</summary>
internal sealed class PodBackendType : BackendType
{
    public override string Group => Groups.Core;

    public override string Kind => "Pod";

    public override (SnapshotTarget? Target, Problem? Problem) Resolve(BackendRef backend, string ns, RouteObject route, ObjectIndex index)
    {
        string name = $"Pod {ns}/{backend.Name}";
        if (index.Find<Pod>(ns, backend.Name) is not Pod pod)
        {
            return Fault(Reasons.BackendNotFound, $"{name} does not exist");
        }

        if (backend.Port is not int number)
        {
            return Fault(Reasons.BackendNotFound, $"backendRef to {name} names no port");
        }

        // A Pod may listen where it does not say so; but what it says of a port holds.
        string transport = TransportOf(route);
        ImmutableArray<ContainerPort> said = [.. pod.Ports.Where(p => p.Port == number)];
        return said.IsEmpty || said.Any(p => p.Protocol == transport)
            ? (new PodTarget(ns, backend.Name, number, transport == "UDP"), null)
            : Fault(Reasons.BackendNotFound, $"{name} has no {transport} port {number}: it is {said[0].Protocol}");
    }
}

internal sealed record PodTarget(string Namespace, string Name, int Port, bool Udp) : SnapshotTarget
{
    private const string Kind = "Pod";

    public override string Id => BackendResource.IdOf(Namespace, Name, Port, Kind, Udp);

    public override string Subject => $"{Kind}/{Namespace}/{Name}";

    public override TargetResult Build(ObjectIndex index)
    {
        if (index.Find<Pod>(Namespace, Name) is not Pod pod)
        {
            return default;
        }

        BackendProtocol protocol = Udp ? BackendProtocol.Udp : BackendProtocol.Http1;
        return TargetResult.Of(new BackendResource(Namespace, Name, Port, protocol, Endpoints(pod, index)) { Kind = Kind });
    }

    /// <summary>A Pod that terminates is no longer ready, unless it still answers its probe; then it has nobody to stand in for it.</summary>
    private ImmutableArray<Endpoint> Endpoints(Pod pod, ObjectIndex index) =>
        pod.Ready && IpText.TryParse(pod.Addresses.FirstOrDefault(), out IPAddress? address)
            ? [new Endpoint(address.ToString(), Port) { Zone = pod.NodeName is string node ? index.Find<Node>("", node)?.Zone : null }]
            : [];
}
