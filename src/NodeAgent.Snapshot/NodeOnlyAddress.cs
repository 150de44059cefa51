using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Snapshot;

/// <summary>
/// Addresses that only a node itself can reach: its own sockets, and what its link serves to it alone, such as the
/// metadata service of a cloud. A real API server refuses them as endpoints of Services.
/// </summary>
public static class NodeOnlyAddress
{
    /// <returns>What it is, as in "is ..."; null for an address that other machines can reach, too.</returns>
    public static string? Describe(IPAddress address)
    {
        if (IPAddress.IsLoopback(address))
        {
            return "a loopback address, which would be the node itself";
        }

        byte[] bytes = address.GetAddressBytes();
        bool v4 = address.AddressFamily == AddressFamily.InterNetwork;
        if (v4 ? bytes[0] == 0 : address.Equals(IPAddress.IPv6Any))
        {
            return "unspecified, which would be the node itself";
        }

        if (v4 ? bytes[0] == 169 && bytes[1] == 254 : address.IsIPv6LinkLocal)
        {
            return "link-local, which only the node can reach";
        }

        return (v4 ? bytes[0] >= 224 : address.IsIPv6Multicast) ? "a multicast or broadcast address" : null;
    }
}
