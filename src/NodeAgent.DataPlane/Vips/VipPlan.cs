using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.DataPlane.Vips;

/// <summary>What has to be done so that the node takes packets to every wanted address. Pure.</summary>
/// <param name="Add">Routes to make.</param>
/// <param name="Replace">Routes of ours whose preferred source is not the node's address (any more).</param>
/// <param name="Adopted">Wanted addresses that have a route of ours already, of this run or an earlier one.</param>
/// <param name="Refused">Addresses no node may take for itself, with the reason.</param>
internal sealed record VipPlan(
    ImmutableArray<KernelRoute> Add,
    ImmutableArray<KernelRoute> Replace,
    ImmutableArray<IPAddress> Adopted,
    ImmutableDictionary<IPAddress, string> Refused)
{
    /// <summary>The metadata service of every large cloud: to take it would cut the node's processes off from it.</summary>
    private static readonly IPAddress Metadata = IPAddress.Parse("169.254.169.254");

    /// <param name="wanted">Without loopback addresses, which every node has.</param>
    /// <param name="source">
    /// The node's IPv4 address, so that its own processes do not talk to a VIP from that VIP; null when it has none. IPv6
    /// chooses well by itself.
    /// </param>
    /// <param name="mark">The protocol number of our routes.</param>
    public static VipPlan Of(IReadOnlySet<IPAddress> wanted, LocalTable table, IPAddress? source, byte mark)
    {
        var add = ImmutableArray.CreateBuilder<KernelRoute>();
        var replace = ImmutableArray.CreateBuilder<KernelRoute>();
        var adopted = ImmutableArray.CreateBuilder<IPAddress>();
        var refused = ImmutableDictionary.CreateBuilder<IPAddress, string>();
        foreach (IPAddress address in wanted)
        {
            KernelRoute route = RouteTo(address, source, mark);
            bool ofNode = table.IsOfNode(route.Destination);
            if (table.Ours.TryGetValue(route.Destination, out KernelRoute? existing))
            {
                adopted.Add(address);

                // With a second route to it the kernel may replace the wrong one; that one then serves as well as ours.
                if (!Equals(existing.Source, route.Source) && !ofNode)
                {
                    replace.Add(route);
                }
            }
            else if (!ofNode && RefusalOf(address, table) is { } reason)
            {
                refused[address] = reason;
            }
            else if (!ofNode)
            {
                add.Add(route);
            }
        }

        return new VipPlan(add.ToImmutable(), replace.ToImmutable(), adopted.ToImmutable(), refused.ToImmutable());
    }

    /// <summary>The route that holds <paramref name="address"/>.</summary>
    public static KernelRoute RouteTo(IPAddress address, IPAddress? source, byte mark)
    {
        bool v4 = address.AddressFamily == AddressFamily.InterNetwork;

        // Without the zone of a link-local address, as routes have none.
        var destination = new IPAddress(address.GetAddressBytes());
        return new KernelRoute(destination, v4 ? 32 : 128, KernelRoute.LocalTable, RouteType.Local, mark, v4 ? source : null);
    }

    private static string? RefusalOf(IPAddress address, LocalTable table)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            byte first = address.GetAddressBytes()[0];
            return first switch
            {
                0 => "0.0.0.0/8 means no address",
                >= 224 and < 240 => "it is a multicast address",
                _ when address.Equals(IPAddress.Broadcast) || table.IsReserved(address) => "it is a broadcast address",
                >= 240 => "240.0.0.0/4 is reserved",
                _ when address.Equals(Metadata) => "it is the address of a cloud's metadata service",
                _ => null,
            };
        }

        return address switch
        {
            _ when address.Equals(IPAddress.IPv6Any) => "it means no address",
            { IsIPv6Multicast: true } => "it is a multicast address",
            { IsIPv6LinkLocal: true } => "link-local addresses belong to one link",
            { IsIPv4MappedToIPv6: true } => "write it as an IPv4 address",
            _ when table.IsReserved(address) => "it is an anycast address of the node's subnet",
            _ => null,
        };
    }
}
