using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Graph;

/// <summary>Who holds what of one port while objects with less precedence come.</summary>
internal sealed class PortClaims(bool mixedModes)
{
    private readonly Dictionary<string, string> _byLayer = new(StringComparer.Ordinal);

    private readonly Dictionary<TlsMode, string> _byMode = [];

    private readonly Dictionary<string, string> _byHostname = new(StringComparer.Ordinal);

    /// <summary>Protocols of one layer share a port by hostname, those of different layers not at all.</summary>
    public static string Layer(ListenerProtocol? protocol) => protocol switch
    {
        ListenerProtocol.Http => "HTTP",
        ListenerProtocol.Https or ListenerProtocol.Tls => "TLS",
        ListenerProtocol.Udp => "UDP",
        _ => "TCP",
    };

    /// <summary>
    /// Null when the listener may have its place. The message names the object with precedence, never its listener:
    /// its owner may be somebody else.
    /// </summary>
    public Problem? Conflict(ListenerNode node)
    {
        string layer = Layer(node.Protocol);
        string? holder = _byLayer.Where(l => l.Key != layer || layer is "TCP" or "UDP").OrderBy(l => l.Key, StringComparer.Ordinal)
            .Select(l => l.Value).FirstOrDefault();
        if (holder is null && !mixedModes && node is { Protocol: ListenerProtocol.Tls, TlsMode: TlsMode mode })
        {
            holder = _byMode.Where(m => m.Key != mode).Select(m => m.Value).FirstOrDefault();
        }

        if (holder is not null)
        {
            return new Problem(Reasons.ProtocolConflict, $"{holder} has precedence on port {node.Listener.Port}, with another protocol");
        }

        return _byHostname.TryGetValue(node.Hostname ?? "", out holder)
            ? new Problem(Reasons.HostnameConflict, $"{holder} has precedence on port {node.Listener.Port} for {node.Hostname ?? "all hostnames"}")
            : null;
    }

    public void Add(string owner, ListenerNode node)
    {
        _byLayer.TryAdd(Layer(node.Protocol), owner);
        _byHostname.TryAdd(node.Hostname ?? "", owner);
        if (node is { Protocol: ListenerProtocol.Tls, TlsMode: TlsMode mode })
        {
            _byMode.TryAdd(mode, owner);
        }
    }
}
