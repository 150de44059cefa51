using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>spec.listeners, which Gateway and ListenerSet have alike.</summary>
internal static class ListenerDecoder
{
    public const int MaxListeners = 64;

    public static ImmutableArray<Listener> Read(FieldReader spec)
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
                spec.ReportAt($"{path}.name", $"is \"{listener.Name}\" a second time", "names of listeners must be unique in one object");
            }

            if (!places.TryAdd((listener.Port, listener.Protocol, listener.Hostname), i))
            {
                spec.ReportAt(
                    $"{path}.port",
                    $"is the same port, protocol and hostname as listener \"{listeners[places[(listener.Port, listener.Protocol, listener.Hostname)]].Name}\"",
                    "the combination must be unique in one object");
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
        var result = new ListenerTls(
            tls.Choice("mode", "Terminate", "Terminate", "Passthrough"),
            tls.List("certificateRefs", 0, 64, reference => ReferenceDecoder.WithDefaults(reference, "Secret")))
        {
            Options = tls.Map("options", 16, TextRules.Any, TextRules.AnnotationValue),
        };
        if (tls.Clean && result.Mode == "Terminate" && result.CertificateRefs.IsEmpty && result.Options.IsEmpty)
        {
            tls.Report("certificateRefs", "is missing", "mode Terminate needs certificateRefs (or options)");
        }

        return result;
    }

    private static AllowedRoutes AllowedRoutesOf(FieldReader allowed)
    {
        NamespaceChoice namespaces = NamespacesDecoder.Read(allowed, new NamespaceChoice("Same", null), "All", "Selector", "Same");
        return new AllowedRoutes(namespaces.From, namespaces.Selector, allowed.List("kinds", 0, 8, kind => new RouteKind(
            kind.OptionalText("group", TextRules.Group) ?? Groups.Gateway,
            kind.Text("kind", TextRules.Kind))));
    }
}
