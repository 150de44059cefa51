using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>
/// What runs the cluster's workloads. These objects have far more fields than matter here and are mostly written by
/// the cluster itself, so unknown fields are nobody's mistake.
/// </summary>
internal static class WorkloadDecoder
{
    private const string ZoneLabel = "topology.kubernetes.io/zone";

    public static Node ReadNode(FieldReader document, ObjectMeta meta)
    {
        document.Know("spec");
        ImmutableArray<string> addresses = [];
        document.Check("status", status =>
        {
            status.KnowAll();
            addresses =
            [
                .. status.List("addresses", 0, int.MaxValue, a => new NodeAddress(a.Text("type", TextRules.Any), a.Text("address", TextRules.Any)))
                    .Where(a => a.Type is "InternalIP" or "ExternalIP")
                    .Select(a => a.Address),
            ];
        });
        return new Node(meta, meta.Labels.GetValueOrDefault(ZoneLabel), addresses);
    }

    public static Pod ReadPod(FieldReader document, ObjectMeta meta)
    {
        bool terminating = false;
        document.Check("metadata", m =>
        {
            m.KnowAll();
            terminating = m.Has("deletionTimestamp");
        });
        string? node = null;
        ImmutableArray<ContainerPort> ports = [];
        document.RequiredObject("spec", spec =>
        {
            spec.KnowAll();
            node = spec.OptionalText("nodeName", TextRules.ObjectName);
            ports = [.. spec.List("containers", 1, int.MaxValue, Container).SelectMany(c => c.Ports)];
            return spec;
        });
        (ImmutableArray<string> addresses, bool ready) = ([], false);
        document.Check("status", status =>
        {
            status.KnowAll();
            string? first = status.OptionalText("podIP", TextRules.Any);
            addresses = status.List("podIPs", 0, int.MaxValue, ip => ip.Text("ip", TextRules.Any));
            addresses = addresses.IsEmpty && !string.IsNullOrEmpty(first) ? [first] : addresses;
            ready = status.List("conditions", 0, int.MaxValue, Condition).Contains("Ready/True");
        });
        return new Pod(meta, node, addresses, ready, terminating, ports);
    }

    public static StatefulSet ReadStatefulSet(FieldReader document, ObjectMeta meta)
    {
        string? service = null;
        document.RequiredObject("spec", spec =>
        {
            spec.KnowAll();
            service = spec.OptionalText("serviceName", TextRules.Any);
            return spec;
        });
        return new StatefulSet(meta, string.IsNullOrEmpty(service) ? null : service);
    }

    private static PodContainer Container(FieldReader container)
    {
        container.KnowAll();
        return new PodContainer(container.List("ports", 0, int.MaxValue, port =>
        {
            port.KnowAll();
            return new ContainerPort(
                port.OptionalText("name", TextRules.LabelName) ?? "",
                port.Int("containerPort", 1, 65535),
                port.Choice("protocol", "TCP", "TCP", "UDP", "SCTP"));
        }));
    }

    private static string Condition(FieldReader condition)
    {
        condition.KnowAll();
        return $"{condition.Text("type", TextRules.Any)}/{condition.Text("status", TextRules.Any)}";
    }

    private sealed record NodeAddress(string Type, string Address);

    private sealed record PodContainer(ImmutableArray<ContainerPort> Ports);
}
