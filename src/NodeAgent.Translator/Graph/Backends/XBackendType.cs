using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Policies;

namespace NodeAgent.Translator.Graph.Backends;

/// <summary>A host outside of the cluster (GEP-4894).</summary>
internal sealed class XBackendType : BackendType
{
    public override string Group => Groups.GatewayX;

    public override string Kind => "XBackend";

    public override (SnapshotTarget? Target, Problem? Problem) Resolve(BackendRef backend, string ns, RouteObject route, ObjectIndex index)
    {
        string name = $"XBackend {ns}/{backend.Name}";
        if (!index.Serves(DataPlaneFeatures.ResolvedBackends))
        {
            return Fault(Reasons.InvalidKind, $"{name}: hosts outside of the cluster are not served");
        }

        if (index.Find<XBackend>(ns, backend.Name) is not XBackend item)
        {
            return Fault(Reasons.BackendNotFound, $"{name} does not exist");
        }

        if (Refuse(item) is string refusal)
        {
            return Fault(Reasons.BackendNotFound, $"{name}: {refusal}");
        }

        if (backend.Port is int port && port != item.Port)
        {
            return Fault(Reasons.BackendNotFound, $"{name} has port {item.Port}, not {port}", "leave out the port, or name that one");
        }

        if (!Suits(item, route.Traffic))
        {
            return Fault(Reasons.UnsupportedProtocol, $"{name} speaks {item.Protocol ?? "TCP"}, which {route.Kind}s do not");
        }

        var target = new XBackendTarget(ns, backend.Name, item.Port);
        return XBackendTlsResolution.IsOn(item.Tls) ? ResolveTls(target, route, index) : (target, null);
    }

    /// <summary>A TLSRoute brings the client's TLS or ours; a connection that is passed on as it came would arrive in clear.</summary>
    private static (SnapshotTarget? Target, Problem? Problem) ResolveTls(XBackendTarget target, RouteObject route, ObjectIndex index)
    {
        string name = $"XBackend {target.Namespace}/{target.Name}";
        if (!index.Serves(DataPlaneFeatures.BackendTls))
        {
            return Fault(Reasons.UnsupportedProtocol, $"{name} asks for TLS, which is not served towards backends");
        }

        return route.Traffic == RouteTraffic.Connections && route is not TlsRoute
            ? Fault(Reasons.UnsupportedProtocol, $"{name} asks for TLS, which {route.Kind}s do not speak", "use a TLSRoute")
            : (target, null);
    }

    /// <summary>The agent itself looks the name up, so it must not lead to what only the agent can reach.</summary>
    private static string? Refuse(XBackend item) =>
        NodeReach.Refuse(item.Hostname) is string what ? $"{item.Hostname} {what}" : null;

    private static bool Suits(XBackend item, RouteTraffic traffic) => traffic switch
    {
        RouteTraffic.Http => item.Protocol is not "TCP",
        RouteTraffic.Grpc => item.Protocol is null or "HTTP" or "HTTP2" or "H2C",
        RouteTraffic.Datagrams => false,
        _ => true,
    };
}

internal sealed record XBackendTarget(string Namespace, string Name, int Port) : SnapshotTarget
{
    private const string Kind = "XBackend";

    /// <summary>Between two looks at the name service; most records of services live a minute or less.</summary>
    private const int ResolveIntervalMs = 30_000;

    public override string Id => BackendResource.IdOf(Namespace, Name, Port, Kind);

    public override string Subject => $"{Kind}/{Namespace}/{Name}";

    public override TargetResult Build(ObjectIndex index)
    {
        if (index.Find<XBackend>(Namespace, Name) is not XBackend item)
        {
            return default;
        }

        ResolvedBackendTls? tls = XBackendTlsResolution.Of(item, index);
        var resource = new BackendResource(Namespace, Name, Port, ProtocolOf(item), [])
        {
            Kind = Kind,
            Hostnames = [new ResolvedHost(item.Hostname, item.Port, ResolveIntervalMs)],
            Tls = tls?.Tls,
            Settings = BackendSettingsPolicies.ConfigOf(Subject, null, udp: false, index),
        };
        return new TargetResult(TrafficPolicies.Apply(TrafficPolicies.Of(Subject, index), resource, index), tls?.Needs ?? []);
    }

    /// <summary>MCP is HTTP to whoever only passes it on.</summary>
    private static BackendProtocol ProtocolOf(XBackend item) => item.Protocol switch
    {
        "HTTP2" or "H2C" => BackendProtocol.Http2,
        "TCP" => BackendProtocol.Tcp,
        _ => BackendProtocol.Http1,
    };
}
