using System.Collections.Immutable;
using System.Net;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>A list of CIDRs. An IPv4 client is in IPv4 ranges only, an IPv6 client in IPv6 ranges only.</summary>
internal sealed class AddressRanges
{
    private readonly Range[] _ranges;

    /// <param name="cidrs">What is no CIDR holds nobody.</param>
    public AddressRanges(ImmutableArray<string> cidrs) =>
        _ranges = [.. cidrs.Select(c => IPNetwork.TryParse(c, out IPNetwork network) ? RangeOf(network) : (Range?)null).OfType<Range>()];

    public bool IsEmpty => _ranges.Length == 0;

    public bool Hold(ClientAddress client)
    {
        foreach (ref readonly Range range in _ranges.AsSpan())
        {
            if ((client.Bits & range.Mask) == range.Network && client.IsIPv4 == range.IsIPv4)
            {
                return true;
            }
        }

        return false;
    }

    private static Range RangeOf(IPNetwork network)
    {
        ClientAddress address = ClientAddress.Of(network.BaseAddress);
        bool v4 = network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork;
        int length = network.PrefixLength + (v4 ? 96 : 0);

        // A shift by all 128 bits would shift by none.
        UInt128 mask = length == 0 ? UInt128.Zero : UInt128.MaxValue << (128 - length);
        return new Range(address.Bits & mask, mask, v4);
    }

    private readonly record struct Range(UInt128 Network, UInt128 Mask, bool IsIPv4);
}
