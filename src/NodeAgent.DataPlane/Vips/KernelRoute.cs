using System.Net;
using System.Net.Sockets;
using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Vips;

/// <summary>What a route does with a packet (RTN_*); those we tell apart.</summary>
internal enum RouteType : byte
{
    /// <summary>Forwards it.</summary>
    Unicast = 1,

    /// <summary>Delivers it on this node.</summary>
    Local = 2,

    Broadcast = 3,
    Anycast = 4,
    Multicast = 5,
}

/// <summary>One route as rtnetlink(7) tells of it: struct rtmsg and its attributes. A pure codec.</summary>
/// <param name="Prefix">0..32 or 0..128.</param>
/// <param name="Table">0..; <see cref="LocalTable"/> is where the kernel keeps the node's own addresses.</param>
/// <param name="Protocol">Who made it; the kernel itself is 2.</param>
/// <param name="Source">The address local processes get when they send by this route; null for none in particular.</param>
internal sealed record KernelRoute(IPAddress Destination, int Prefix, uint Table, RouteType Type, byte Protocol, IPAddress? Source)
{
    public const ushort NewMessage = 24;
    public const ushort DeleteMessage = 25;
    public const ushort GetMessage = 26;
    public const uint LocalTable = 255;
    public const byte Inet = 2;
    public const byte Inet6 = 10;

    /// <summary>struct rtmsg: family, prefix, source prefix, TOS, table, protocol, scope, type, flags (4 bytes).</summary>
    public const int HeaderSize = 12;

    public const ushort DestinationAttribute = 1;

    private const byte ScopeHost = 254;
    private const ushort LinkAttribute = 4;
    private const ushort SourceAttribute = 7;
    private const ushort TableAttribute = 15;

    /// <summary>Every network namespace has its loopback link under this number.</summary>
    private const uint LoopbackLink = 1;

    /// <summary>Goes to this one address and no other.</summary>
    public bool IsHostRoute => Prefix == SizeOf(Destination) * 8;

    /// <summary>A request that is about this route, as a route by the loopback link.</summary>
    /// <param name="buffer">At least 128 bytes.</param>
    public Span<byte> Encode(Span<byte> buffer, ushort messageType, ushort flags)
    {
        bool v4 = Destination.AddressFamily == AddressFamily.InterNetwork;
        var writer = new NetlinkWriter(buffer, messageType, flags);
        Span<byte> header = writer.Reserve(HeaderSize);
        header[0] = v4 ? Inet : Inet6;
        header[1] = (byte)Prefix;
        header[4] = Table <= byte.MaxValue ? (byte)Table : (byte)0; // the attribute has the whole number
        header[5] = Protocol;
        header[6] = v4 ? ScopeHost : (byte)0; // IPv6 routes have no scope
        header[7] = (byte)Type;

        Span<byte> address = stackalloc byte[16];
        writer.Attribute(DestinationAttribute, BytesOf(Destination, address));
        if (Source is not null)
        {
            writer.Attribute(SourceAttribute, BytesOf(Source, address));
        }

        writer.Attribute(LinkAttribute, LoopbackLink);
        writer.Attribute(TableAttribute, Table);
        return writer.End();
    }

    /// <returns>False for what is no route of IPv4 or IPv6, is cut off, or contradicts itself.</returns>
    public static bool TryDecode(in NetlinkMessage message, out KernelRoute? route)
    {
        route = null;
        ReadOnlySpan<byte> body = message.Body;
        if (message.Type is not (NewMessage or DeleteMessage) || body.Length < HeaderSize || SizeOf(body[0]) is not (> 0 and int size))
        {
            return false;
        }

        IPAddress? destination = body[1] == 0 ? AnyOf(body[0]) : null;
        IPAddress? source = null;
        uint table = body[4];
        var attributes = new NetlinkAttributes(body[HeaderSize..]);
        while (attributes.TryRead(out ushort type, out ReadOnlySpan<byte> value))
        {
            if (type is DestinationAttribute or SourceAttribute)
            {
                if (value.Length != size)
                {
                    return false;
                }

                var address = new IPAddress(value);
                (destination, source) = type == DestinationAttribute ? (address, source) : (destination, address);
            }
            else if (type == TableAttribute && value.Length == sizeof(uint))
            {
                table = BitConverter.ToUInt32(value);
            }
        }

        if (attributes.Malformed || destination is null || body[1] > size * 8)
        {
            return false;
        }

        route = new KernelRoute(destination, body[1], table, (RouteType)body[7], body[5], source);
        return true;
    }

    /// <param name="table">0 where only an attribute tells: never so for <see cref="LocalTable"/>.</param>
    /// <returns>False for what is too short to be a route.</returns>
    public static bool TryPeek(in NetlinkMessage message, out byte prefix, out byte table, out byte protocol)
    {
        ReadOnlySpan<byte> body = message.Body;
        bool whole = body.Length >= HeaderSize;
        (prefix, table, protocol) = whole ? (body[1], body[4], body[5]) : default;
        return whole;
    }

    /// <summary>The address is inside the destination's prefix.</summary>
    public bool Covers(IPAddress address)
    {
        if (address.AddressFamily != Destination.AddressFamily)
        {
            return false;
        }

        Span<byte> left = stackalloc byte[16];
        Span<byte> right = stackalloc byte[16];
        ReadOnlySpan<byte> mine = BytesOf(Destination, left);
        ReadOnlySpan<byte> other = BytesOf(address, right);
        int whole = Prefix / 8, bits = Prefix % 8;
        return mine[..whole].SequenceEqual(other[..whole]) && (bits == 0 || (mine[whole] ^ other[whole]) >> (8 - bits) == 0);
    }

    /// <returns>Bytes of an address of this family; 0 for another family.</returns>
    internal static int SizeOf(byte family) => family switch { Inet => 4, Inet6 => 16, _ => 0 };

    internal static ReadOnlySpan<byte> BytesOf(IPAddress address, Span<byte> buffer)
    {
        address.TryWriteBytes(buffer, out int length);
        return buffer[..length];
    }

    private static int SizeOf(IPAddress address) => address.AddressFamily == AddressFamily.InterNetwork ? 4 : 16;

    private static IPAddress AnyOf(byte family) => family == Inet ? IPAddress.Any : IPAddress.IPv6Any;
}
