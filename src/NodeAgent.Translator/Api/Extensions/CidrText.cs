using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>CIDRs as users write them.</summary>
internal static class CidrText
{
    /// <summary>The network with its length, bits of the host cleared; null when it is none. An address is a network of one.</summary>
    public static string? Canonical(string text)
    {
        int slash = text.IndexOf('/', StringComparison.Ordinal);
        string addressText = slash < 0 ? text : text[..slash];
        if (!IPAddress.TryParse(addressText, out IPAddress? address) || !IsWhole(addressText, address))
        {
            return null;
        }

        byte[] bytes = address.GetAddressBytes();
        int length = bytes.Length * 8;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), out length) || length > bytes.Length * 8))
        {
            return null;
        }

        for (int i = 0; i < bytes.Length; i++)
        {
            int kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }

        return $"{new IPAddress(bytes)}/{length}";
    }

    /// <summary>IPAddress also takes 10.1 for 10.0.0.1, and octal.</summary>
    private static bool IsWhole(string text, IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 || address.ToString() == text;
}
