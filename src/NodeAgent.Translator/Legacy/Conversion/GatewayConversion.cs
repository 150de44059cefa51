using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>GatewayClasses and Gateways of the original API as today's.</summary>
internal static class GatewayConversion
{
    /// <summary>The one named address we know: any address of the pools.</summary>
    public const string AutoAssign = "auto-assign";

    /// <summary>What today's API calls an address by name; nothing serves it, so that it is told as unsupported.</summary>
    private const string NamedAddress = LegacyObject.ApiGroup + "/NamedAddress";

    private static readonly ImmutableArray<string> StreamKinds = ["TLSRoute", "TCPRoute"];

    public static LegacyConversion OfClass(LegacyGatewayClass gatewayClass) =>
        gatewayClass.Controller == GatewayTranslator.ControllerName
            ? new LegacyConversion(
                [gatewayClass],
                [new GatewayClass(ConvertedNames.Of(gatewayClass.Meta), gatewayClass.Controller, gatewayClass.Parameters)])
            : LegacyConversion.None;

    /// <summary>Nothing when its class is not ours.</summary>
    public static LegacyConversion Of(LegacyGateway gateway, ObjectIndex index)
    {
        if (index.Find<LegacyGatewayClass>("", gateway.GatewayClassName) is not { Controller: GatewayTranslator.ControllerName })
        {
            return LegacyConversion.None;
        }

        ImmutableArray<CertificateOverride> overrides = CertificateOverride.Of(gateway, index);
        var converted = new Gateway(
            ConvertedNames.Of(gateway.Meta),
            ConvertedNames.Of(gateway.GatewayClassName),
            Listeners(gateway, overrides),
            [.. gateway.Addresses.Select(Address)],
            null);
        return new LegacyConversion([gateway, .. overrides], [converted, .. Copies(gateway, overrides)]);
    }

    /// <summary>The name under which the Gateway refers to a certificate of a route.</summary>
    public static string CertificateName(LegacyGateway gateway, ObjectMeta secret) =>
        secret.Namespace == gateway.Meta.Namespace ? secret.Name : ConvertedNames.Of(secret.Name, secret.Namespace);

    /// <summary>
    /// A route may bring a certificate of its own namespace. The Gateway gets a copy beside it under a name that
    /// nobody else can refer to, so it takes no ReferenceGrant, which would let other Gateways at it too.
    /// </summary>
    private static IEnumerable<ApiObject> Copies(LegacyGateway gateway, ImmutableArray<CertificateOverride> overrides) => overrides
        .Select(o => o.Secret)
        .Distinct()
        .Where(s => s.Meta.Namespace != gateway.Meta.Namespace)
        .Select(s => s with
        {
            Meta = s.Meta with { Namespace = gateway.Meta.Namespace, Name = CertificateName(gateway, s.Meta) },
        });

    private static ImmutableArray<Listener> Listeners(LegacyGateway gateway, ImmutableArray<CertificateOverride> overrides)
    {
        ImmutableArray<string> names = ListenerNames.Of(gateway.Listeners);
        var listeners = ImmutableArray.CreateBuilder<Listener>();

        // After the Gateway's own, so that these are never what a status has no more room for.
        var standIns = new List<Listener>();
        for (int i = 0; i < gateway.Listeners.Length; i++)
        {
            Listener listener = Listener(names[i], gateway.Listeners[i]);
            foreach (CertificateOverride certificate in overrides.Where(o => o.Listener == i))
            {
                var tls = new ListenerTls(
                    "Terminate",
                    [new ObjectReference(Groups.Core, "Secret", CertificateName(gateway, certificate.Secret.Meta), null)]);
                if (certificate.Hostname == listener.Hostname)
                {
                    listener = listener with { Tls = tls };
                }
                else
                {
                    standIns.Add(listener with
                    {
                        Name = ListenerNames.StandIn(names[i], certificate.Hostname),
                        Hostname = certificate.Hostname,
                        Tls = tls,
                    });
                }
            }

            listeners.Add(listener);
        }

        listeners.AddRange(standIns);
        return listeners.ToImmutable();
    }

    private static Listener Listener(string name, LegacyListener listener)
    {
        bool passthrough = listener.Tls?.Mode == "Passthrough";

        // HTTP cannot be routed while it is encrypted.
        string protocol = listener.Protocol == "HTTPS" && passthrough ? "HTTPS with TLS passthrough" : listener.Protocol;
        bool secure = listener.Protocol is "HTTPS" or "TLS";
        return new Listener(
            name,
            listener.Port,
            protocol,
            listener.Protocol is "TCP" or "UDP" ? null : listener.Hostname,
            secure ? Tls(listener.Tls, passthrough) : null,
            listener.Routes.Namespaces with { Kinds = [Kind(listener)] })
        {
            SingleLabelWildcards = listener.Protocol is not ("TCP" or "UDP"),
        };
    }

    private static ListenerTls Tls(LegacyListenerTls? tls, bool passthrough) => passthrough
        ? new ListenerTls("Passthrough", [])
        : new ListenerTls("Terminate", tls?.CertificateRef is ObjectReference certificate ? [certificate] : []);

    /// <summary>A TLS listener could have TCPRoutes, which then take what its hostname takes.</summary>
    private static RouteKind Kind(LegacyListener listener)
    {
        LegacyRouteSelection routes = listener.Routes;
        if (routes.Group != LegacyObject.ApiGroup)
        {
            return new RouteKind(routes.Group, routes.Kind);
        }

        return new RouteKind(Groups.Gateway, listener.Protocol == "TLS" && StreamKinds.Contains(routes.Kind) ? "TLSRoute" : routes.Kind);
    }

    private static GatewayAddress Address(LegacyAddress address) => address switch
    {
        { Type: "NamedAddress", Value: AutoAssign } => new GatewayAddress("IPAddress", null),
        { Type: "NamedAddress" } => new GatewayAddress(NamedAddress, address.Value),
        _ => new GatewayAddress("IPAddress", address.Value),
    };
}
