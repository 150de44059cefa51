using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace NodeAgent.Echo;

/// <summary>DNS as the suite's CoreDNS has it: whatever the name, the answer is the address of who asks (RFC 1035 4.1).</summary>
internal static class DnsAnswer
{
    private const int HeaderBytes = 12;
    private const byte TypeA = 1;
    private const byte TypeAaaa = 28;

    /// <summary>Null for what is no query with one question.</summary>
    public static byte[]? To(ReadOnlySpan<byte> query, IPEndPoint client)
    {
        if (query.Length < HeaderBytes || (query[2] & 0x80) != 0 || BinaryPrimitives.ReadUInt16BigEndian(query[4..]) != 1)
        {
            return null;
        }

        int end = HeaderBytes;
        while (end < query.Length && query[end] != 0)
        {
            end += query[end] + 1;
        }

        // The empty label, the type and the class.
        end += 5;
        if (end > query.Length)
        {
            return null;
        }

        byte[] address = client.Address.GetAddressBytes();
        byte type = client.AddressFamily == AddressFamily.InterNetwork ? TypeA : TypeAaaa;
        List<byte> answer = [.. query[..end]];
        answer[2] = 0x84; // a response, authoritative
        answer[3] = 0; // no error
        answer[6] = 0;
        answer[7] = 0; // no answers ...
        answer[8] = 0;
        answer[9] = 0;
        answer[10] = 0;
        answer[11] = 1; // ... but one additional record: the name of the question, IN, a TTL of 0 and the address.
        answer.AddRange([0xC0, HeaderBytes, 0, type, 0, 1, 0, 0, 0, 0, 0, (byte)address.Length, .. address]);
        return [.. answer];
    }
}
