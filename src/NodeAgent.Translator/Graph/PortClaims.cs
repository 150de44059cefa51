using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Graph;

/// <summary>Who holds what of one port while objects with less precedence come.</summary>
internal sealed class PortClaims
{
    private readonly SortedDictionary<string, string> _byLayer = new(StringComparer.Ordinal);

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
    /// it may be somebody else's.
    /// </summary>
    public Problem? Conflict(ListenerNode node)
    {
        string layer = Layer(node.Protocol);
        foreach ((string taken, string holder) in _byLayer)
        {
            if (taken != layer || layer is "TCP" or "UDP")
            {
                return new Problem(Reasons.ProtocolConflict, $"port {node.Listener.Port} is taken by {holder}, which has precedence");
            }
        }

        return _byHostname.TryGetValue(node.Hostname ?? "", out string? owner)
            ? new Problem(Reasons.HostnameConflict, $"{node.Hostname ?? "every hostname"} on port {node.Listener.Port} is taken by {owner}, which has precedence")
            : null;
    }

    public void Add(string owner, ListenerNode node)
    {
        _byLayer.TryAdd(Layer(node.Protocol), owner);
        _byHostname.TryAdd(node.Hostname ?? "", owner);
    }
}
