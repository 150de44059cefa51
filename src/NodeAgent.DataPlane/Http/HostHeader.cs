using System.Buffers;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.DataPlane.Http;

/// <summary>The value of a Host header or an authority: <c>name[:port]</c>, <c>address[:port]</c>, <c>[v6][:port]</c>.</summary>
internal static class HostHeader
{
    private const int MaxNameLength = 255;

    private static readonly SearchValues<char> NameText = SearchValues.Create(
        "-.0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz");

    private static readonly SearchValues<char> V6Text = SearchValues.Create(".0123456789:ABCDEFabcdef");

    /// <param name="host">With its brackets if it has some.</param>
    /// <param name="port">-1 when there is none.</param>
    /// <returns>False when this is no host that a request may name.</returns>
    public static bool TrySplit(ReadOnlySpan<char> value, out ReadOnlySpan<char> host, out int port)
    {
        port = -1;
        int end = value.StartsWith('[') ? value.IndexOf(']') + 1 : value.IndexOf(':');
        host = end < 0 ? value : value[..end];
        if (host.IsEmpty || host.Length > MaxNameLength)
        {
            return false;
        }

        bool isName = host[0] == '['
            ? !host[1..^1].ContainsAnyExcept(V6Text)
                && IPAddress.TryParse(host[1..^1], out IPAddress? address)
                && address.AddressFamily == AddressFamily.InterNetworkV6
            : !host.ContainsAnyExcept(NameText);
        ReadOnlySpan<char> rest = value[host.Length..];
        if (!isName || rest.IsEmpty)
        {
            return isName;
        }

        // RFC 3986, section 3.2.3 allows a colon with no port after it.
        return rest[0] == ':'
            && (rest.Length == 1
                || (int.TryParse(rest[1..], NumberStyles.None, CultureInfo.InvariantCulture, out port) && port <= ushort.MaxValue));
    }
}
