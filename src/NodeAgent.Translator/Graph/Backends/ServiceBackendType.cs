using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Backends;

internal sealed class ServiceBackendType : BackendType
{
    public override string Group => Groups.Core;

    public override string Kind => "Service";

    public override (SnapshotTarget? Target, Problem? Problem) Resolve(BackendRef backend, string ns, RouteObject route, ObjectIndex index)
    {
        string name = $"Service {ns}/{backend.Name}";
        if (index.Find<Service>(ns, backend.Name) is not Service service)
        {
            return Fault(Reasons.BackendNotFound, $"{name} does not exist");
        }

        if (service.Type == "ExternalName")
        {
            // Its name may lead anywhere, past every grant (CVE-2021-25740), so it counts as no backend of ours.
            return Fault(Reasons.InvalidKind, $"{name} is of type ExternalName, which is not served");
        }

        if (backend.Port is not int number)
        {
            return Fault(Reasons.BackendNotFound, $"backendRef to {name} names no port");
        }

        ServicePort? port = ServiceTarget.PortOf(service, number);
        if (port is null)
        {
            return Fault(Reasons.BackendNotFound, $"{name} has no TCP port {number}");
        }

        // A TCPRoute passes bytes on, whatever they are.
        return route is HttpRoute && ServiceTarget.ProtocolOf(port) is null
            ? Fault(Reasons.UnsupportedProtocol, $"{name} port {number} has appProtocol {port.AppProtocol}, which is not served")
            : (new ServiceTarget(ns, backend.Name, number), null);
    }
}

/// <summary>One port of a Service.</summary>
internal sealed record ServiceTarget(string Namespace, string Name, int Port) : SnapshotTarget
{
    public override string Id => BackendResource.IdOf(Namespace, Name, Port);

    public override string Subject => $"Service/{Namespace}/{Name}";

    public override TargetResult Build(ObjectIndex index) =>
        index.Find<Service>(Namespace, Name) is Service service && PortOf(service, Port) is ServicePort port
            ? TargetResult.Of(new BackendResource(
                Namespace,
                Name,
                Port,
                ProtocolOf(port) ?? BackendProtocol.Http1,
                EndpointSelection.Select(port, index.Slices(Namespace, Name))))
            : default;

    public static ServicePort? PortOf(Service service, int number) =>
        service.Ports.FirstOrDefault(p => p.Port == number && p.Protocol == "TCP");

    public static BackendProtocol? ProtocolOf(ServicePort port) => port.AppProtocol switch
    {
        null or "" or "http" or "kubernetes.io/ws" => BackendProtocol.Http1,
        "kubernetes.io/h2c" => BackendProtocol.Http2,
        _ => null,
    };
}
