using System.Net;
using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Vips;

/// <summary>One address of a link as rtnetlink(7) tells of it: struct ifaddrmsg and its attributes. A pure codec.</summary>
/// <param name="Link">The number of its link.</param>
/// <param name="IsGlobal">Other nodes may use it, too: its scope is neither the link nor this host.</param>
/// <param name="IsSecondary">The link has another address of the same subnet, which goes first.</param>
internal sealed record KernelAddress(IPAddress Address, uint Link, bool IsGlobal, bool IsSecondary)
{
    public const ushort NewMessage = 20;
    public const ushort DeleteMessage = 21;
    public const ushort GetMessage = 22;

    /// <summary>struct ifaddrmsg: family, prefix, flags, scope, link (4 bytes).</summary>
    public const int HeaderSize = 8;

    private const byte SecondaryFlag = 1;
    private const ushort AddressAttribute = 1;

    /// <summary>On links to one peer the other attribute is the peer's address; this is always the node's own.</summary>
    private const ushort LocalAttribute = 2;

    /// <returns>False for what is no address of IPv4 or IPv6, or is cut off.</returns>
    public static bool TryDecode(in NetlinkMessage message, out KernelAddress? address)
    {
        address = null;
        ReadOnlySpan<byte> body = message.Body;
        if (message.Type is not (NewMessage or DeleteMessage) || body.Length < HeaderSize
            || KernelRoute.SizeOf(body[0]) is not (> 0 and int size))
        {
            return false;
        }

        IPAddress? own = null, local = null;
        var attributes = new NetlinkAttributes(body[HeaderSize..]);
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (value.Length == size && type is AddressAttribute or LocalAttribute)
            {
                var found = new IPAddress(value);
                (own, local) = type == LocalAttribute ? (own, found) : (found, local);
            }
        }

        if (attributes.Malformed || (local ?? own) is not { } decoded)
        {
            return false;
        }

        address = new KernelAddress(decoded, BitConverter.ToUInt32(body[4..]), body[3] == 0, (body[2] & SecondaryFlag) != 0);
        return true;
    }
}
