using System.Collections.Immutable;
using System.Net.Sockets;

namespace NodeAgent.Translator.Api.Decoding;

internal static class EndpointSliceDecoder
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    /// <summary>Upstream's limits.</summary>
    private const int MaxEndpoints = 1000;
    private const int MaxPorts = 20_000;
    private const int MaxHints = 8;

    public static EndpointSlice Read(FieldReader document, ObjectMeta meta)
    {
        string type = document.Choice("addressType", null, "IPv4", "IPv6", "FQDN");
        return new EndpointSlice(
            meta,
            meta.Labels.GetValueOrDefault(ServiceLabel),
            type,
            document.List("ports", 0, MaxPorts, Port),
            document.List("endpoints", 0, MaxEndpoints, endpoint => Endpoint(endpoint, type)));
    }

    private static SlicePort Port(FieldReader port)
    {
        port.Know("appProtocol");
        return new SlicePort(
            port.OptionalText("name", TextRules.Any) ?? "",
            port.OptionalInt("port", 1, 65535),
            port.Choice("protocol", "TCP", "TCP", "UDP", "SCTP"));
    }

    private static SliceEndpoint Endpoint(FieldReader endpoint, string type)
    {
        endpoint.OptionalText("hostname", TextRules.LabelName);
        endpoint.Map("deprecatedTopology", int.MaxValue, TextRules.Any, TextRules.Any);
        endpoint.OptionalText("nodeName", TextRules.ObjectName);
        (bool? ready, bool? serving, bool? terminating) = (null, null, null);
        endpoint.Check("conditions", conditions =>
        {
            ready = conditions.OptionalFlag("ready");
            serving = conditions.OptionalFlag("serving");
            terminating = conditions.OptionalFlag("terminating");
        });
        (ImmutableArray<string> zones, ImmutableArray<string> nodes) = ([], []);
        endpoint.Check("hints", hints =>
        {
            zones = Hints(hints, "forZones");
            nodes = Hints(hints, "forNodes");
        });
        ImmutableArray<string> addresses = endpoint.Texts("addresses", 1, 100, TextRules.Any);
        CheckAddresses(endpoint, addresses, type);
        return new SliceEndpoint(addresses, ready ?? true, serving ?? ready ?? true, terminating ?? false)
        {
            Zone = endpoint.OptionalText("zone", TextRules.Any),
            ForZones = zones,
            ForNodes = nodes,
            Owner = endpoint.Object("targetRef", Owner),
        };
    }

    private static ImmutableArray<string> Hints(FieldReader hints, string name) =>
        hints.List(name, 0, MaxHints, hint => hint.Text("name", TextRules.Any));

    private static EndpointOwner Owner(FieldReader target)
    {
        target.Know("apiVersion", "uid", "resourceVersion", "fieldPath");
        return new EndpointOwner(
            target.OptionalText("kind", TextRules.Any) ?? "",
            target.OptionalText("namespace", TextRules.Any) ?? "",
            target.OptionalText("name", TextRules.Any) ?? "");
    }

    private static void CheckAddresses(FieldReader endpoint, ImmutableArray<string> addresses, string type)
    {
        for (int i = 0; i < addresses.Length && endpoint.Clean; i++)
        {
            if (!Fits(addresses[i], type))
            {
                endpoint.ReportAt(
                    FieldPath.Item(FieldPath.Child(endpoint.Path, "addresses"), i),
                    $"is {FieldReader.Quote(addresses[i])}",
                    $"must be of the slice's addressType, {type}");
            }
        }
    }

    private static bool Fits(string address, string type) => type switch
    {
        "IPv4" => GatewayDecoder.IsAddress(address, out AddressFamily family) && family == AddressFamily.InterNetwork,
        "IPv6" => GatewayDecoder.IsAddress(address, out AddressFamily family) && family == AddressFamily.InterNetworkV6,
        "FQDN" => TextRules.PreciseHostname.Takes(address),
        _ => true,
    };
}
