using System.Buffers.Binary;
using System.Net;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>A client's IP address as a number, IPv4 mapped into IPv6: ranges hold it without allocation.</summary>
internal readonly record struct ClientAddress(UInt128 Bits)
{
    public bool IsIPv4 => Bits >> 32 == 0xffff;

    public static ClientAddress Of(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        address.MapToIPv6().TryWriteBytes(bytes, out _);
        return new ClientAddress(BinaryPrimitives.ReadUInt128BigEndian(bytes));
    }
}
