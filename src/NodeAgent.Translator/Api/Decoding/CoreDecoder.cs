using System.Collections.Immutable;
using System.Text;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>Kinds of the core group, and ReferenceGrant.</summary>
internal static class CoreDecoder
{
    public static Namespace ReadNamespace(FieldReader document, ObjectMeta meta)
    {
        document.Know("spec");
        return new Namespace(meta);
    }

    public static ReferenceGrant ReadGrant(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => new ReferenceGrant(
            meta,
            spec.List("from", 1, 16, from => new GrantFrom(
                from.Text("group", TextRules.Group),
                from.Text("kind", TextRules.Kind),
                from.Text("namespace", TextRules.Namespace))),
            spec.List("to", 1, 16, to => new GrantTo(
                to.Text("group", TextRules.Group),
                to.Text("kind", TextRules.Kind),
                to.OptionalText("name", TextRules.ReferenceName))))) ?? new ReferenceGrant(meta, [], []);

    public static Service ReadService(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => ServiceSpec(spec, meta)) ?? new Service(meta, "", []);

    public static Secret ReadSecret(FieldReader document, ObjectMeta meta)
    {
        document.OptionalFlag("immutable");
        string type = document.OptionalText("type", TextRules.Any) ?? "Opaque";
        ImmutableSortedDictionary<string, ImmutableArray<byte>>.Builder data = Bytes(document, "data", "stringData").ToBuilder();
        foreach ((string key, string text) in document.Map("stringData", int.MaxValue, TextRules.SecretKey, TextRules.Any))
        {
            data[key] = [.. Encoding.UTF8.GetBytes(text)];
        }

        return new Secret(meta, type, data.ToImmutable());
    }

    public static ConfigMap ReadConfigMap(FieldReader document, ObjectMeta meta)
    {
        document.OptionalFlag("immutable");
        ImmutableSortedDictionary<string, string> data = document.Map("data", int.MaxValue, TextRules.SecretKey, TextRules.Any);
        ImmutableSortedDictionary<string, ImmutableArray<byte>> binary = Bytes(document, "binaryData", "data");
        foreach (string key in binary.Keys.Where(data.ContainsKey))
        {
            document.ReportAt(FieldPath.Child("binaryData", key), "is a key of data too", "keys must be unique in both together");
        }

        return new ConfigMap(meta, data, binary);
    }

    /// <param name="plain">The field beside it that takes text as it is.</param>
    private static ImmutableSortedDictionary<string, ImmutableArray<byte>> Bytes(FieldReader document, string field, string plain)
    {
        var data = ImmutableSortedDictionary.CreateBuilder<string, ImmutableArray<byte>>(StringComparer.Ordinal);
        foreach ((string key, string base64) in document.Map(field, int.MaxValue, TextRules.SecretKey, TextRules.Any))
        {
            byte[] value = new byte[base64.Length];
            if (Convert.TryFromBase64String(base64, value, out int length))
            {
                data[key] = [.. value.AsSpan(0, length)];
            }
            else
            {
                document.ReportAt(FieldPath.Child(field, key), "is not base64", $"must be base64; plain text goes into {plain}");
            }
        }

        return data.ToImmutable();
    }

    private static Service ServiceSpec(FieldReader spec, ObjectMeta meta)
    {
        spec.Know(
            "selector", "clusterIPs", "externalIPs", "sessionAffinity", "sessionAffinityConfig", "loadBalancerIP",
            "loadBalancerSourceRanges", "loadBalancerClass", "externalName", "externalTrafficPolicy",
            "internalTrafficPolicy", "healthCheckNodePort", "publishNotReadyAddresses", "ipFamilies", "ipFamilyPolicy",
            "allocateLoadBalancerNodePorts", "trafficDistribution");
        string type = spec.Choice("type", "ClusterIP", "ClusterIP", "NodePort", "LoadBalancer", "ExternalName");
        bool portless = type == "ExternalName" || spec.OptionalText("clusterIP", TextRules.Any) == "None";
        ImmutableArray<ServicePort> ports = spec.List("ports", portless ? 0 : 1, int.MaxValue, Port);
        if (spec.Clean)
        {
            CheckPorts(spec, ports);
        }

        return new Service(meta, type, ports);
    }

    private static ServicePort Port(FieldReader port)
    {
        port.Know("targetPort", "nodePort");
        return new ServicePort(
            port.OptionalText("name", TextRules.LabelName) ?? "",
            port.Int("port", 1, 65535),
            port.Choice("protocol", "TCP", "TCP", "UDP", "SCTP"),
            port.OptionalText("appProtocol", TextRules.Any));
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
