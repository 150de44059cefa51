using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Legacy.Decoding;

/// <summary>GatewayClass and Gateway, with the defaults and limits of the v0.2.0 CRDs; v0.1.0 asked for a part of that.</summary>
internal static class LegacyGatewayDecoder
{
    public static LegacyGatewayClass ReadClass(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => new LegacyGatewayClass(
            meta,
            spec.Text("controller", LegacyRules.Controller),
            spec.Object("parametersRef", Parameters))) ?? new LegacyGatewayClass(meta, "", null);

    public static LegacyGateway Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => new LegacyGateway(
            meta,
            spec.Text("gatewayClassName", TextRules.ReferenceName),
            spec.List("listeners", 1, 64, Listener),
            spec.List("addresses", 0, 16, Address))) ?? new LegacyGateway(meta, "", [], []);

    private static ParametersRef Parameters(FieldReader reference)
    {
        ObjectReference target = LegacyReferenceDecoder.Local(reference);
        string scope = reference.Choice("scope", "Cluster", "Cluster", "Namespace");
        string? space = reference.OptionalText("namespace", LegacyRules.Token);
        if (scope == "Namespace" && space is null)
        {
            reference.Report("namespace", "is missing", "scope Namespace needs it");
        }

        return new ParametersRef(target.Group, target.Kind, target.Name, scope == "Namespace" ? space : null);
    }

    private static LegacyAddress Address(FieldReader address)
    {
        string type = address.Choice("type", "IPAddress", "IPAddress", "NamedAddress");
        string value = address.Text("value", LegacyRules.Token);
        if (address.Clean && type == "IPAddress" && !IpText.TryParse(value, out _))
        {
            address.Report("value", $"is {FieldReader.Quote(value)}", "must be an IPv4 or IPv6 address");
        }

        return new LegacyAddress(type, value);
    }

    private static LegacyListener Listener(FieldReader listener)
    {
        string? hostname = listener.OptionalText("hostname", LegacyRules.ListenerHostname)?.ToLowerInvariant();
        return new LegacyListener(
            listener.Int("port", 1, 65535),
            listener.Text("protocol", LegacyRules.Token),
            hostname is "" or "*" ? null : hostname,
            listener.Object("tls", Tls),
            listener.RequiredObject("routes", Routes) ?? new LegacyRouteSelection(LegacyObject.ApiGroup, "", AllowedRoutes.Default, null));
    }

    private static LegacyListenerTls Tls(FieldReader tls)
    {
        tls.Map("options", int.MaxValue, TextRules.Any, TextRules.Any);
        bool routeOverride = false;
        tls.Check("routeOverride", o => routeOverride = o.Choice("certificate", "Deny", "Allow", "Deny") == "Allow");
        return new LegacyListenerTls(
            tls.Choice("mode", "Terminate", "Terminate", "Passthrough"),
            tls.Object("certificateRef", LegacyReferenceDecoder.Local),
            routeOverride);
    }

    private static LegacyRouteSelection Routes(FieldReader routes)
    {
        string group = routes.OptionalText("group", LegacyRules.OptionalToken) ?? "";
        AllowedRoutes allowed = AllowedRoutes.Default;
        routes.Check("namespaces", namespaces =>
        {
            string from = namespaces.Choice("from", "Same", "All", "Selector", "Same");
            LabelSelector? selector = namespaces.Object("selector", LegacyReferenceDecoder.Selector);
            allowed = new AllowedRoutes(from, selector, []);
        });
        return new LegacyRouteSelection(
            group.Length == 0 ? LegacyObject.ApiGroup : group,
            routes.Text("kind", LegacyRules.Token),
            allowed,
            routes.Object("selector", LegacyReferenceDecoder.Selector));
    }
}
