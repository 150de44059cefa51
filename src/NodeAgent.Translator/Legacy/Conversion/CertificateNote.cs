using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>Tells the owner of a route why its certificate is not used, when that is nobody's fault.</summary>
internal static class CertificateNote
{
    public static string? Of(LegacyHttpRoute route, ImmutableArray<RouteBinding> bindings, ObjectIndex index)
    {
        if (route.CertificateRef is null || bindings.All(b => b.Sections.IsEmpty) || RouteCertificates.Resolve(route, index).Secret is not Secret secret)
        {
            return null;
        }

        (LegacyGateway Gateway, int Listener)[] open =
        [
            .. bindings.Where(b => b.Allowed)
                .SelectMany(b => b.Listeners.Select(i => (b.Gateway, Listener: i)))
                .Where(l => CertificateOverride.MayOverride(l.Gateway.Listeners[l.Listener])),
        ];
        if (open.Length == 0)
        {
            return "its certificate is not used: no listener that takes it has routeOverride.certificate Allow";
        }

        if (route.Hostnames.IsEmpty)
        {
            return "its certificate is not used: it is for spec.hostnames, of which there are none";
        }

        string[] lost =
        [
            .. open.SelectMany(l => CertificateOverride.HostnamesOf(l.Gateway, l.Listener, route)
                .Where(h => !IsServed(l.Gateway, l.Listener, h, secret, index))).Distinct(),
        ];
        return lost.Length == 0 ? null : $"for {Conditions.Names(lost)} an older HTTPRoute's certificate is used";
    }

    private static bool IsServed(LegacyGateway gateway, int listener, string hostname, Secret secret, ObjectIndex index)
    {
        string own = ListenerNames.Of(gateway.Listeners)[listener];
        string name = GatewayConversion.CertificateName(gateway, secret.Meta);
        return index.Find<Gateway>(gateway.Meta.Namespace, ConvertedNames.Of(gateway.Meta.Name)) is Gateway converted
            && converted.Listeners.Any(l =>
                l.Hostname == hostname
                && (l.Name == own || ListenerNames.StandsInFor(l.Name, own))
                && l.Tls!.CertificateRefs.Any(r => r.Name == name));
    }
}
