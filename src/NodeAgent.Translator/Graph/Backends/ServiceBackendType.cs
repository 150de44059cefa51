using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Policies;

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
            return ExternalName(name);
        }

        if (backend.Port is not int number)
        {
            return Fault(Reasons.BackendNotFound, $"backendRef to {name} names no port");
        }

        string transport = TransportOf(route);
        if (ServicePorts.Find(service, number, transport) is not ServicePort port)
        {
            return Fault(
                Reasons.BackendNotFound,
                $"{name} has no {transport} port {number}",
                service.Ports.IsEmpty ? null : $"its ports are {Conditions.Names([.. service.Ports.Select(p => $"{p.Port}/{p.Protocol}")])}");
        }

        return CheckProtocol(service, port, route, index) is Problem problem
            ? (null, problem)
            : (new ServiceTarget(ns, backend.Name, number, transport == "UDP"), null);
    }

    /// <summary>Its name may lead anywhere, past every grant (CVE-2021-25740), so it counts as no backend of ours.</summary>
    public static (SnapshotTarget? Target, Problem? Problem) ExternalName(string name) => Fault(
        Reasons.InvalidKind, $"{name} is of type ExternalName, which is not served", "use an XBackend for a host outside of the cluster");

    /// <summary>Null when requests or connections of this route can be sent there.</summary>
    public static Problem? CheckProtocol(Service service, ServicePort port, RouteObject route, ObjectIndex index)
    {
        if (route.Traffic is not (RouteTraffic.Http or RouteTraffic.Grpc))
        {
            return null;
        }

        string name = $"Service {service.Meta.Key} port {port.Port}";
        AppProtocol protocol = AppProtocol.Of(port);
        if (!protocol.Suits(route.Traffic))
        {
            return new Problem(Reasons.UnsupportedProtocol, $"{name} has appProtocol {port.AppProtocol}, which is not served for {route.Kind}s");
        }

        bool served = index.Serves(DataPlaneFeatures.BackendTls);
        if (served && !protocol.NeedsTls)
        {
            return null;
        }

        BackendTlsPolicy? policy = BackendTlsPolicies.Of(service, port, index);
        if (!served && policy is not null)
        {
            return new Problem(Reasons.UnsupportedProtocol, $"{name} needs TLS by BackendTLSPolicy {policy.Meta.Key}, which is not served");
        }

        return policy is null && protocol.NeedsTls
            ? new Problem(Reasons.UnsupportedProtocol, $"{name} has appProtocol {port.AppProtocol}, but nothing says how to verify the backend")
            {
                Mend = $"add a BackendTLSPolicy for Service {service.Meta.Key}",
            }
            : null;
    }
}
