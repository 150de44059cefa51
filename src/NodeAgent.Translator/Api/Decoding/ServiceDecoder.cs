using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>Services, with the rules that the API server has in code: there is no schema to restate.</summary>
internal static class ServiceDecoder
{
    /// <summary>Of sessionAffinityConfig.clientIP, in seconds: three hours, at most a day.</summary>
    private const int DefaultAffinitySeconds = 10_800;
    private const int MaxAffinitySeconds = 86_400;

    public static Service Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => Spec(spec, meta)) ?? new Service(meta, "", []);

    private static Service Spec(FieldReader spec, ObjectMeta meta)
    {
        spec.Know(
            "externalIPs", "loadBalancerIP", "loadBalancerSourceRanges", "loadBalancerClass", "healthCheckNodePort",
            "allocateLoadBalancerNodePorts");
        spec.Map("selector", int.MaxValue, TextRules.LabelKey, TextRules.LabelValue);
        spec.OptionalFlag("publishNotReadyAddresses");
        spec.Choice("internalTrafficPolicy", "Cluster", "Cluster", "Local");
        spec.Choice("externalTrafficPolicy", "Cluster", "Cluster", "Local");
        spec.Choice("ipFamilyPolicy", "SingleStack", "SingleStack", "PreferDualStack", "RequireDualStack");
        string type = spec.Choice("type", "ClusterIP", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName");
        bool headless = CheckClusterIp(spec, type);
        if (type == "ExternalName")
        {
            spec.Text("externalName", TextRules.PreciseHostname);
        }
        else
        {
            spec.OptionalText("externalName", TextRules.Any);
        }

        ImmutableArray<ServicePort> ports = spec.List("ports", headless || type == "ExternalName" ? 0 : 1, int.MaxValue, Port);
        if (spec.Clean)
        {
            CheckPorts(spec, ports);
        }

        if (meta.AppProtocol is not null)
        {
            ports = [.. ports.Select(p => p.AppProtocol is null ? p with { AppProtocol = meta.AppProtocol } : p)];
        }

        return new Service(meta, type, ports)
        {
            IpFamilies = IpFamilies(spec),
            ClientIpAffinitySeconds = Affinity(spec),
            TrafficDistribution = spec.Has("trafficDistribution")
                ? spec.Choice("trafficDistribution", null, "PreferClose", "PreferSameZone", "PreferSameNode")
                : null,
        };
    }

    /// <returns>True when it is headless.</returns>
    private static bool CheckClusterIp(FieldReader spec, string type)
    {
        bool headless = spec.OptionalText("clusterIP", TextRules.Any) == "None";
        ImmutableArray<string> all = spec.Texts("clusterIPs", 0, 2, TextRules.Any);
        headless |= !all.IsEmpty && all[0] == "None";
        if (headless && type is "NodePort" or "LoadBalancer" && spec.Clean)
        {
            spec.Report("clusterIP", $"is \"None\" with type {type}", "only a Service of type ClusterIP can be headless");
        }

        return headless;
    }

    private static ImmutableArray<string> IpFamilies(FieldReader spec)
    {
        ImmutableArray<string> families = spec.Texts("ipFamilies", 0, 2, TextRules.IpFamily);
        if (spec.Clean && families.Length == 2 && families[0] == families[1])
        {
            spec.Report("ipFamilies", $"names {families[0]} twice", "each family may stand once");
        }

        return families;
    }

    /// <returns>Null for sessionAffinity None.</returns>
    private static int? Affinity(FieldReader spec)
    {
        bool byClient = spec.Choice("sessionAffinity", "None", "None", "ClientIP") == "ClientIP";
        int? seconds = null;
        spec.Check("sessionAffinityConfig", config => config.Check(
            "clientIP", client => seconds = client.OptionalInt("timeoutSeconds", 1, MaxAffinitySeconds)));
        if (!byClient && spec.Clean && spec.Has("sessionAffinityConfig"))
        {
            spec.Report("sessionAffinityConfig", "is set without sessionAffinity ClientIP", "set sessionAffinity to ClientIP or leave it out");
        }

        return byClient ? seconds ?? DefaultAffinitySeconds : null;
    }

    private static ServicePort Port(FieldReader port)
    {
        // Where endpoints listen is told by the EndpointSlices.
        port.Know("targetPort");
        port.OptionalInt("nodePort", 0, 65535);
        return new ServicePort(
            port.OptionalText("name", TextRules.LabelName) ?? "",
            port.Int("port", 1, 65535),
            port.Choice("protocol", "TCP", "TCP", "UDP", "SCTP"),
            port.OptionalText("appProtocol", TextRules.LabelKey));
    }

    private static void CheckPorts(FieldReader spec, ImmutableArray<ServicePort> ports)
    {
        var names = new HashSet<string>(StringComparer.Ordinal);
        var numbers = new HashSet<(int, string)>();
        for (int i = 0; i < ports.Length; i++)
        {
            string path = FieldPath.Item(FieldPath.Child(spec.Path, "ports"), i);
            ServicePort port = ports[i];
            if (ports.Length > 1 && port.Name.Length == 0)
            {
                spec.ReportAt(path, "has no name", "a Service with several ports must name each");
            }
            else if (!names.Add(port.Name))
            {
                spec.ReportAt($"{path}.name", $"is \"{port.Name}\" a second time", "names of ports must be unique in a Service");
            }

            if (!numbers.Add((port.Port, port.Protocol)))
            {
                spec.ReportAt($"{path}.port", $"is {port.Port}/{port.Protocol} a second time", "port and protocol must be unique in a Service");
            }
        }
    }
}
