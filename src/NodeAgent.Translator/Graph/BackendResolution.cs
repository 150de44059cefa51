using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>What a backendRef leads to: a port of a Service, or the reason why it leads nowhere.</summary>
internal sealed record BackendTarget(Service Service, ServicePort Port)
{
    public string Id => BackendResource.IdOf(Service.Meta.Namespace, Service.Meta.Name, Port.Port);
}

/// <summary>Resolves backendRefs. Permission is asked before existence, so nobody can probe a foreign namespace.</summary>
internal static class BackendResolution
{
    /// <returns>Exactly one of the two is null.</returns>
    public static (BackendTarget? Target, Problem? Problem) Resolve(BackendRef backend, RouteObject route, ObjectIndex index)
    {
        string ns = backend.Namespace ?? route.Meta.Namespace;
        string name = $"Service {ns}/{backend.Name}";
        if (backend.Group != Groups.Core || backend.Kind != "Service")
        {
            string group = backend.Group.Length == 0 ? "core" : backend.Group;
            return Fault(Reasons.InvalidKind, $"backendRef {backend.Name} is of kind {backend.Kind} in group {group}; only core Services are served");
        }

        var from = new GrantFrom(route.Group, route.Kind, route.Meta.Namespace);
        if (!index.Grants.Permits(from, Groups.Core, "Service", ns, backend.Name))
        {
            return Fault(Reasons.RefNotPermitted, $"no ReferenceGrant in namespace {ns} lets {route.Kind}s of namespace {route.Meta.Namespace} refer to {name}");
        }

        if (index.Service(ns, backend.Name) is not Service service)
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

        ServicePort? port = service.Ports.FirstOrDefault(p => p.Port == number && p.Protocol == "TCP");
        if (port is null)
        {
            return Fault(Reasons.BackendNotFound, $"{name} has no TCP port {number}");
        }

        // A TCPRoute passes bytes on, whatever they are.
        return route is HttpRoute && ProtocolOf(port) is null
            ? Fault(Reasons.UnsupportedProtocol, $"{name} port {number} has appProtocol {port.AppProtocol}, which is not served")
            : (new BackendTarget(service, port), null);
    }

    public static BackendResource Build(BackendTarget target, ObjectIndex index) => new(
        target.Service.Meta.Namespace,
        target.Service.Meta.Name,
        target.Port.Port,
        ProtocolOf(target.Port) ?? BackendProtocol.Http1,
        EndpointSelection.Select(target.Port, index.Slices(target.Service.Meta.Namespace, target.Service.Meta.Name)));

    private static BackendProtocol? ProtocolOf(ServicePort port) => port.AppProtocol switch
    {
        null or "" or "http" or "kubernetes.io/ws" => BackendProtocol.Http1,
        "kubernetes.io/h2c" => BackendProtocol.Http2,
        _ => null,
    };

    private static (BackendTarget? Target, Problem? Problem) Fault(string reason, string message) => (null, new Problem(reason, message));
}
