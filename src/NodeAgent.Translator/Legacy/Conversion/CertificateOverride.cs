using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>A certificate that a route brings for a hostname of a listener.</summary>
/// <param name="Listener">Its position.</param>
/// <param name="Hostname">What the listener and the route both take.</param>
internal sealed record CertificateOverride(int Listener, string Hostname, Secret Secret)
{
    /// <summary>
    /// Of routes that bring one for the same hostname the oldest wins. A route only counts where the listener is the
    /// one that serves the hostname, and where its Secret holds a certificate: else the listener's own stays in use.
    /// </summary>
    public static ImmutableArray<CertificateOverride> Of(LegacyGateway gateway, ObjectIndex index)
    {
        if (!gateway.Listeners.Any(MayOverride))
        {
            return [];
        }

        LegacyHttpRoute[] byAge =
        [
            .. index.Linked<LegacyHttpRoute>(LegacyHttpRoute.CertificateLink)
                .OrderBy(r => r.Meta.CreatedAt)
                .ThenBy(r => r.Meta.Namespace, StringComparer.Ordinal)
                .ThenBy(r => r.Meta.Name, StringComparer.Ordinal),
        ];
        var overrides = new Dictionary<(int, string), CertificateOverride>();
        for (int i = 0; i < gateway.Listeners.Length; i++)
        {
            LegacyListener listener = gateway.Listeners[i];
            foreach (LegacyHttpRoute route in MayOverride(listener) ? byAge : [])
            {
                if (!route.Gateways.Allows(gateway.Meta, route.Meta.Namespace)
                    || !RouteBinding.Selects(gateway, listener, route, index)
                    || RouteCertificates.Resolve(route, index).Secret is not Secret secret)
                {
                    continue;
                }

                foreach (string hostname in HostnamesOf(gateway, i, route))
                {
                    overrides.TryAdd((i, hostname), new CertificateOverride(i, hostname, secret));
                }
            }
        }

        return [.. overrides.Values.OrderBy(o => o.Listener).ThenBy(o => o.Hostname, StringComparer.Ordinal)];
    }

    public static bool MayOverride(LegacyListener listener) =>
        listener is { Protocol: "HTTPS", Tls: { RouteOverride: true, Mode: "Terminate" } };

    /// <summary>The route's hostnames as far as the listener takes them and no other one of its port takes them before it.</summary>
    public static IEnumerable<string> HostnamesOf(LegacyGateway gateway, int listener, LegacyHttpRoute route) => route.Hostnames
        .Select(h => OneLabelHostnames.Intersect(gateway.Listeners[listener].Hostname, h))
        .OfType<string>()
        .Where(h => Serves(gateway, listener, h))
        .Distinct();

    private static bool Serves(LegacyGateway gateway, int listener, string hostname)
    {
        LegacyListener own = gateway.Listeners[listener];
        return !gateway.Listeners.Any(other =>
            other != own
            && other.Port == own.Port
            && OneLabelHostnames.Covers(other.Hostname, hostname)
            && OneLabelHostnames.Covers(own.Hostname, other.Hostname)
            && other.Hostname != own.Hostname);
    }
}
