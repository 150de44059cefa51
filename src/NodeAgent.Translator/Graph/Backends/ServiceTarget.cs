using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Policies;

namespace NodeAgent.Translator.Graph.Backends;

/// <summary>One port of a Service.</summary>
internal sealed record ServiceTarget(string Namespace, string Name, int Port, bool Udp = false) : SnapshotTarget
{
    public override string Id { get; } = BackendResource.IdOf(Namespace, Name, Port, null, Udp);

    public override string Subject { get; } = $"Service/{Namespace}/{Name}";

    public override TargetResult Build(ObjectIndex index)
    {
        if (index.Find<Service>(Namespace, Name) is not Service service
            || ServicePorts.Find(service, Port, Udp ? "UDP" : "TCP") is not ServicePort port)
        {
            return default;
        }

        ImmutableArray<Endpoint> endpoints = EndpointSelection.Select(port, index.Slices(Namespace, Name), service.IpFamilies);
        return Describe(new BackendResource(Namespace, Name, Port, AppProtocol.Of(port).Protocol, endpoints), service, port, index);
    }

    /// <summary>Adds what the Service and the policies that target it say about one of its ports.</summary>
    public static TargetResult Describe(BackendResource resource, Service service, ServicePort port, ObjectIndex index)
    {
        ResolvedBackendTls? tls = BackendTlsPolicies.Resolve(service, port, index);
        string subject = $"Service/{service.Meta.Key}";
        XBackendTrafficPolicy? traffic = TrafficPolicies.Of(subject, index);
        resource = resource with
        {
            Tls = tls?.Tls,
            Distribution = service.TrafficDistribution switch
            {
                null => null,
                "PreferSameNode" => TrafficDistribution.SameNode,
                _ => TrafficDistribution.SameZone,
            },
            ClientIpAffinitySeconds = service.ClientIpAffinitySeconds,
            Settings = BackendSettingsPolicies.ConfigOf(subject, port.Name, port.Protocol == "UDP", index),
        };
        return new TargetResult(TrafficPolicies.Apply(traffic, resource, index), tls?.Needs ?? []);
    }
}
