using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Translator;

/// <summary>IP addresses as users write them, read strictly.</summary>
internal static class IpText
{
    /// <summary>
    /// False for anything but plain IPv4 or IPv6: IPAddress.Parse would take "1", "0x7f.1", octal parts and
    /// scope ids too. IPv4 inside IPv6 comes out as IPv4.
    /// </summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out IPAddress? address)
    {
        if (!IPAddress.TryParse(text, out address) || text!.Contains('%', StringComparison.Ordinal) || text[0] == '[')
        {
            address = null;
            return false;
        }

        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            return address.ToString() == text;
        }

        address = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return true;
    }
}
