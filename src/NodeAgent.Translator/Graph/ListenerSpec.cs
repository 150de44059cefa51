using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Routes;

namespace NodeAgent.Translator.Graph;

/// <summary>A listener as its own spec and the data plane make it, before its neighbours are looked at.</summary>
internal static class ListenerSpec
{
    public static ListenerNode Read(ApiObject owner, int position, Listener listener, ObjectIndex index)
    {
        string path = FieldPath.Item("spec.listeners", position);
        (ListenerProtocol Protocol, TlsMode? Mode)? door = Door(listener);
        Problem? refused = Served(listener, door, index, path) ?? Check(listener, path);
        bool known = door is not null && refused?.Reason != Reasons.UnsupportedProtocol && refused?.Field != $"{path}.tls.mode";
        RouteType[] fitting = known ? [.. RouteTypes.Fitting(listener, index)] : [];
        RouteKind[] possible = [.. fitting.Select(t => t.Kind)];
        ImmutableArray<RouteKind> asked = listener.AllowedRoutes.Kinds;
        ImmutableArray<RouteKind> supported = asked.IsEmpty
            ? [.. fitting.Where(t => t.Default).Select(t => t.Kind)]
            : [.. asked.Where(k => possible.Contains(k)).Distinct()];
        string[] foreign = [.. asked.Where(k => !possible.Contains(k)).Select(k => k.Group == Groups.Gateway ? k.Kind : $"{k.Kind} of group {k.Group}")];
        Problem? unresolved = !known || foreign.Length == 0
            ? null
            : new Problem(Reasons.InvalidRouteKinds, $"{Conditions.Names(foreign)} cannot attach to a listener of protocol {listener.Protocol}")
            {
                Field = $"{path}.allowedRoutes.kinds",
                Mend = $"possible here: {string.Join(", ", possible.Select(k => k.Kind))}",
            };
        return new ListenerNode(
            owner,
            position,
            listener,
            known ? door?.Protocol : null,
            known ? door?.Mode : null,
            door?.Protocol is ListenerProtocol.Tcp or ListenerProtocol.Udp ? null : HostnameIntersection.Normalize(listener.Hostname),
            supported,
            refused,
            Conflicted: false,
            unresolved);
    }

    private static (ListenerProtocol Protocol, TlsMode? Mode)? Door(Listener listener) => listener.Protocol switch
    {
        "HTTP" => (ListenerProtocol.Http, null),
        "HTTPS" => (ListenerProtocol.Https, Mode(listener)),
        "TLS" => (ListenerProtocol.Tls, Mode(listener)),
        "TCP" => (ListenerProtocol.Tcp, null),
        "UDP" => (ListenerProtocol.Udp, null),
        _ => null,
    };

    private static TlsMode Mode(Listener listener) => listener.Tls?.Mode == "Passthrough" ? TlsMode.Passthrough : TlsMode.Terminate;

    private static Problem? Served(Listener listener, (ListenerProtocol Protocol, TlsMode? Mode)? door, ObjectIndex index, string path)
    {
        bool passthrough = index.Serves(DataPlaneFeatures.TlsPassthrough);
        bool udp = index.Serves(DataPlaneFeatures.Udp) || index.Serves(DataPlaneFeatures.Dns);
        bool terminate = index.Serves(DataPlaneFeatures.TlsTerminate);
        bool served = door?.Protocol switch
        {
            ListenerProtocol.Http or ListenerProtocol.Tcp => true,
            ListenerProtocol.Https => index.Serves(DataPlaneFeatures.Https),
            ListenerProtocol.Tls => passthrough || terminate,
            ListenerProtocol.Udp => udp,
            _ => false,
        };
        if (!served)
        {
            string[] protocols =
            [
                "HTTP", .. index.Serves(DataPlaneFeatures.Https) ? ["HTTPS"] : Array.Empty<string>(),
                "TCP", .. passthrough || terminate ? ["TLS"] : Array.Empty<string>(),
                .. udp ? ["UDP"] : Array.Empty<string>(),
            ];
            return new Problem(Reasons.UnsupportedProtocol, $"protocol {listener.Protocol} is not served; {string.Join(", ", protocols[..^1])} and {protocols[^1]} are")
            {
                Field = $"{path}.protocol",
            };
        }

        bool modeServed = door!.Value switch
        {
            (ListenerProtocol.Tls, TlsMode.Passthrough) => passthrough,
            (ListenerProtocol.Tls, TlsMode.Terminate) => terminate,
            (ListenerProtocol.Https, TlsMode.Passthrough) => false,
            _ => true,
        };
        return modeServed
            ? null
            : new Problem(Reasons.UnsupportedValue, $"tls.mode {door.Value.Mode} is not served for protocol {listener.Protocol}") { Field = $"{path}.tls.mode" };
    }

    private static Problem? Check(Listener listener, string path)
    {
        if (listener.Port is < 1 or > 65535)
        {
            return new Problem(Reasons.UnsupportedValue, $"port {listener.Port} is not in 1..65535") { Field = $"{path}.port" };
        }

        return RouteNamespaces.IsValid(listener.AllowedRoutes)
            ? null
            : new Problem(Reasons.UnsupportedValue, $"allowedRoutes.namespaces from {listener.AllowedRoutes.From} needs a valid selector")
            {
                Field = $"{path}.allowedRoutes.namespaces",
            };
    }
}
