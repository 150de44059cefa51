using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Translator.Api.Decoding;

internal static class GatewayDecoder
{
    private const int MaxListeners = 64;

    private static readonly string[] NamespacesFrom = ["All", "Selector", "Same"];

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
        spec.Choice("defaultScope", "None", "All", "None");
        spec.Check("allowedListeners", allowed => Namespaces(allowed, "None", [.. NamespacesFrom, "None"]));
        spec.Check("tls", FrontendAndBackendTls);
        ParametersRef? parameters = null;
        spec.Check("infrastructure", infrastructure =>
        {
            infrastructure.Map("labels", 8, TextRules.LabelKey, TextRules.LabelValue);
            infrastructure.Map("annotations", 16, TextRules.LabelKey, new TextRule(0, 4096, null, "text of at most 4096 characters"));
            parameters = infrastructure.Object("parametersRef", reference => Parameters(ReferenceDecoder.Local(reference)));
        });
        string className = spec.Text("gatewayClassName", TextRules.ReferenceName);
        return new Gateway(meta, className, Listeners(spec), Addresses(spec), parameters);
    }

    private static ParametersRef Parameters(ObjectReference reference) =>
        new(reference.Group, reference.Kind, reference.Name, reference.Namespace);

    private static ImmutableArray<Listener> Listeners(FieldReader spec)
    {
        ImmutableArray<Listener> listeners = spec.List("listeners", 1, MaxListeners, Listener);
        if (!spec.Clean)
        {
            return listeners;
        }

        var names = new HashSet<string>(StringComparer.Ordinal);
        var places = new Dictionary<(int, string, string?), int>();
        for (int i = 0; i < listeners.Length; i++)
        {
            Listener listener = listeners[i];
            string path = FieldPath.Item(FieldPath.Child(spec.Path, "listeners"), i);
            if (!names.Add(listener.Name))
            {
                spec.ReportAt($"{path}.name", $"is \"{listener.Name}\" a second time", "names of listeners must be unique in a Gateway");
            }

            if (!places.TryAdd((listener.Port, listener.Protocol, listener.Hostname), i))
            {
                spec.ReportAt(
                    $"{path}.port",
                    $"is the same port, protocol and hostname as listener \"{listeners[places[(listener.Port, listener.Protocol, listener.Hostname)]].Name}\"",
                    "the combination must be unique in a Gateway");
            }
        }

        return listeners;
    }

    private static Listener Listener(FieldReader listener)
    {
        ListenerTls? tls = listener.Object("tls", Tls);
        string protocol = listener.Text("protocol", TextRules.Protocol);
        var result = new Listener(
            listener.Text("name", TextRules.SectionName),
            listener.Int("port", 1, 65535),
            protocol,
            listener.OptionalText("hostname", TextRules.Hostname),
            tls,
            listener.Object("allowedRoutes", AllowedRoutesOf) ?? AllowedRoutes.Default);
        if (tls is not null && protocol is ("HTTP" or "TCP" or "UDP"))
        {
            listener.Report("tls", $"is set for protocol {protocol}", "it is only allowed for HTTPS and TLS");
        }

        if (protocol is "HTTPS" && tls?.Mode is "Passthrough")
        {
            listener.ReportAt($"{listener.Path}.tls.mode", "is Passthrough for protocol HTTPS", "must be Terminate");
        }

        if (protocol is "TLS" && !listener.Has("tls"))
        {
            listener.Report("tls", "is missing", "protocol TLS needs tls.mode Terminate or Passthrough");
        }

        if (protocol is "TCP" or "UDP" && listener.Has("hostname"))
        {
            listener.Report("hostname", $"is set for protocol {protocol}", "it is only allowed for HTTP, HTTPS and TLS");
        }

        return result;
    }

    private static ListenerTls Tls(FieldReader tls)
    {
        bool options = tls.Map("options", 16, TextRules.Any, new TextRule(0, 4096, null, "text of at most 4096 characters")).Count > 0;
        var result = new ListenerTls(
            tls.Choice("mode", "Terminate", "Terminate", "Passthrough"),
            tls.List("certificateRefs", 0, 64, reference => ReferenceDecoder.WithDefaults(reference, "Secret")));
        if (tls.Clean && result.Mode == "Terminate" && result.CertificateRefs.IsEmpty && !options)
        {
            tls.Report("certificateRefs", "is missing", "mode Terminate needs certificateRefs (or options)");
        }

        return result;
    }

    private static AllowedRoutes AllowedRoutesOf(FieldReader allowed)
    {
        (string from, LabelSelector? selector) = Namespaces(allowed, "Same", NamespacesFrom);
        return new AllowedRoutes(from, selector, allowed.List("kinds", 0, 8, kind => new RouteKind(
            kind.OptionalText("group", TextRules.Group) ?? Groups.Gateway,
            kind.Text("kind", TextRules.Kind))));
    }

    private static (string From, LabelSelector? Selector) Namespaces(FieldReader allowed, string fallback, string[] choices)
    {
        (string, LabelSelector?) result = (fallback, null);
        allowed.Check("namespaces", namespaces =>
            result = (namespaces.Choice("from", fallback, choices), namespaces.Object("selector", Selector)));
        return result;
    }

    private static LabelSelector Selector(FieldReader selector) => new(
        selector.Map("matchLabels", int.MaxValue, TextRules.LabelKey, TextRules.LabelValue),
        selector.List("matchExpressions", 0, int.MaxValue, expression => new LabelRequirement(
            expression.Text("key", TextRules.LabelKey),
            expression.Choice("operator", null, "In", "NotIn", "Exists", "DoesNotExist"),
            expression.Texts("values", 0, int.MaxValue, TextRules.LabelValue))));

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

    /// <summary>spec.tls, which is checked but not served yet.</summary>
    private static void FrontendAndBackendTls(FieldReader tls)
    {
        tls.Check("backend", backend => backend.Object(
            "clientCertificateRef", reference => ReferenceDecoder.WithDefaults(reference, "Secret")));
        tls.Check("frontend", frontend =>
        {
            if (!frontend.Has("default"))
            {
                frontend.Report("default", "is missing", "must be an object");
            }

            frontend.Check("default", FrontendValidation);
            frontend.List("perPort", 0, MaxListeners, port =>
            {
                port.Int("port", 1, 65535);
                port.Check("tls", FrontendValidation);
                return port;
            });
        });
    }

    private static void FrontendValidation(FieldReader config) => config.Check("validation", validation =>
    {
        validation.Choice("mode", "AllowValidOnly", "AllowValidOnly", "AllowInsecureFallback");
        validation.List("caCertificateRefs", 1, 16, ReferenceDecoder.Explicit);
    });
}
