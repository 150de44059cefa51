using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Runtime.CompilerServices;

namespace NodeAgent.DataPlane.Linux;

/// <summary>struct sockaddr_in or sockaddr_in6, as the kernel reads and writes it. A value: no allocation per accept.</summary>
internal struct SockAddr
{
    public const int Capacity = 28;

    private const ushort Inet = 2;
    private const ushort Inet6 = 10;

    private AddressBytes _bytes;

    public SockAddr(IPEndPoint endPoint)
    {
        Span<byte> bytes = _bytes;
        bool v6 = endPoint.AddressFamily == AddressFamily.InterNetworkV6;
        BitConverter.TryWriteBytes(bytes, v6 ? Inet6 : Inet);
        BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)endPoint.Port);
        endPoint.Address.TryWriteBytes(v6 ? bytes[8..] : bytes[4..], out _);
        if (v6)
        {
            BitConverter.TryWriteBytes(bytes[24..], (uint)endPoint.Address.ScopeId);
        }
    }

    public readonly bool IsIPv6 => Family == Inet6;

    /// <summary>How many bytes the kernel wants of it.</summary>
    public readonly int Length => IsIPv6 ? Capacity : 16;

    private readonly ushort Family => BitConverter.ToUInt16((ReadOnlySpan<byte>)_bytes);

    /// <summary>The IP address as IPv6 has it; IPv4 is mapped (::ffff:a.b.c.d).</summary>
    public readonly UInt128 MappedAddress
    {
        get
        {
            const ulong mapped = 0xffff_0000_0000;
            ReadOnlySpan<byte> bytes = _bytes;
            return IsIPv6
                ? BinaryPrimitives.ReadUInt128BigEndian(bytes[8..])
                : mapped | BinaryPrimitives.ReadUInt32BigEndian(bytes[4..]);
        }
    }

    /// <summary>The address without its port.</summary>
    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> AddressPart
    {
        get
        {
            ReadOnlySpan<byte> bytes = _bytes;
            return IsIPv6 ? bytes.Slice(8, 16) : bytes.Slice(4, 4);
        }
    }

    public readonly IPEndPoint ToEndPoint()
    {
        ReadOnlySpan<byte> bytes = _bytes;
        int port = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        return IsIPv6
            ? new IPEndPoint(new IPAddress(bytes.Slice(8, 16), BitConverter.ToUInt32(bytes[24..])), port)
            : new IPEndPoint(new IPAddress(bytes.Slice(4, 4)), port);
    }

    [InlineArray(Capacity)]
    private struct AddressBytes
    {
        private byte _first;
    }
}
