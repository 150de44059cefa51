using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Translator.Api.Decoding;

internal static class GatewayDecoder
{
    public static Gateway Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => Spec(spec, meta)) ?? new Gateway(meta, "", [], [], null);

    public static GatewayClass ReadClass(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec =>
        {
            spec.OptionalText("description", new TextRule(0, 64, null, "text of at most 64 characters"));
            return new GatewayClass(
                meta,
                spec.Text("controllerName", TextRules.ControllerName),
                spec.Object("parametersRef", reference => Parameters(ReferenceDecoder.Explicit(reference))));
        }) ?? new GatewayClass(meta, "", null);

    private static Gateway Spec(FieldReader spec, ObjectMeta meta)
    {
        string scope = spec.Choice("defaultScope", "None", "All", "None");
        NamespaceChoice allowed = NamespaceChoice.None;
        spec.Check("allowedListeners", reader => allowed = NamespacesDecoder.Read(reader, NamespaceChoice.None, "All", "Selector", "Same", "None"));
        (ParametersRef? Parameters, ImmutableSortedDictionary<string, string> Labels, ImmutableSortedDictionary<string, string> Annotations) infrastructure =
            (null, ImmutableSortedDictionary<string, string>.Empty, ImmutableSortedDictionary<string, string>.Empty);
        spec.Check("infrastructure", reader => infrastructure = (
            reader.Object("parametersRef", reference => Parameters(ReferenceDecoder.Local(reference))),
            reader.Map("labels", 8, TextRules.LabelKey, TextRules.LabelValue),
            reader.Map("annotations", 16, TextRules.LabelKey, TextRules.AnnotationValue)));
        (FrontendTls? Frontend, ObjectReference? Client) tls = (null, null);
        spec.Check("tls", reader => tls = GatewayTlsDecoder.Read(reader));
        return new Gateway(
            meta,
            spec.Text("gatewayClassName", TextRules.ReferenceName),
            ListenerDecoder.Read(spec),
            Addresses(spec),
            infrastructure.Parameters)
        {
            AllowedListeners = allowed,
            DefaultScope = scope,
            InfrastructureLabels = infrastructure.Labels,
            InfrastructureAnnotations = infrastructure.Annotations,
            FrontendTls = tls.Frontend,
            BackendClientCertificateRef = tls.Client,
        };
    }

    private static ParametersRef Parameters(ObjectReference reference) =>
        new(reference.Group, reference.Kind, reference.Name, reference.Namespace);

    private static ImmutableArray<GatewayAddress> Addresses(FieldReader spec)
    {
        ImmutableArray<GatewayAddress> addresses = spec.List("addresses", 0, 16, Address);
        var seen = new HashSet<GatewayAddress>();
        for (int i = 0; i < addresses.Length && spec.Clean; i++)
        {
            if (addresses[i] is { Value: not null, Type: "IPAddress" or "Hostname" } && !seen.Add(addresses[i]))
            {
                string path = FieldPath.Item(FieldPath.Child(spec.Path, "addresses"), i);
                spec.ReportAt($"{path}.value", $"is \"{addresses[i].Value}\" a second time", "addresses must be unique");
            }
        }

        return addresses;
    }

    private static GatewayAddress Address(FieldReader address)
    {
        string type = address.OptionalText("type", TextRules.AddressType) ?? "IPAddress";
        string? value = address.OptionalText("value", new TextRule(0, 253, null, "text of at most 253 characters"));
        if (string.IsNullOrEmpty(value))
        {
            return new GatewayAddress(type, null);
        }

        if (type == "IPAddress" && !IsAddress(value, out _))
        {
            address.Report("value", $"is {FieldReader.Quote(value)}", "must be an IPv4 or IPv6 address");
        }
        else if (type == "Hostname" && !TextRules.Hostname.Takes(value))
        {
            address.Report("value", $"is {FieldReader.Quote(value)}", $"must be {TextRules.Hostname.Allowed}");
        }

        return new GatewayAddress(type, value);
    }

    /// <summary>Takes dotted quads and IPv6 without zone, not the shorthands that the parser also knows (127.1, 0x7f).</summary>
    public static bool IsAddress(string text, out AddressFamily family)
    {
        family = default;
        if (!IPAddress.TryParse(text, out IPAddress? address))
        {
            return false;
        }

        family = address.AddressFamily;
        return family == AddressFamily.InterNetworkV6
            ? !text.Contains('%', StringComparison.Ordinal) && !text.Contains('[', StringComparison.Ordinal)
            : address.ToString() == text;
    }
}
