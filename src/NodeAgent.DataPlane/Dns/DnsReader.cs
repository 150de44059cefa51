using System.Buffers.Binary;

namespace NodeAgent.DataPlane.Dns;

/// <summary>Reads the parts of DNS messages (RFC 1035, 4). Pure over spans; whatever the bytes are, it reads only them and ends.</summary>
internal static class DnsReader
{
    /// <summary>Bytes.</summary>
    public const int HeaderLength = 12;

    /// <summary>Type, class, TTL and length of a resource record.</summary>
    private const int RecordFixed = 10;

    /// <summary>
    /// Reads the name at <paramref name="offset"/>, which then stands behind it. A compression pointer must lead to before everything
    /// read so far of this name, so no chain of them can be a loop.
    /// </summary>
    public static bool TryReadName(ReadOnlySpan<byte> message, ref int offset, ref DnsName name)
    {
        name.Clear();
        int at = offset;
        int before = offset;
        int end = -1;
        while (at < message.Length)
        {
            byte length = message[at];
            if (length == 0)
            {
                offset = end < 0 ? at + 1 : end;
                return true;
            }

            if (length >= 0xc0)
            {
                if (at + 1 >= message.Length)
                {
                    return false;
                }

                int target = ((length & 0x3f) << 8) | message[at + 1];
                end = end < 0 ? at + 2 : end;
                if (target >= before || target < HeaderLength)
                {
                    return false;
                }

                at = before = target;
            }
            else if (length > 0x3f || at + 1 + length > message.Length || !name.TryAdd(message.Slice(at + 1, length)))
            {
                return false;
            }
            else
            {
                at += length + 1;
            }
        }

        return false;
    }

    /// <summary>Reads name, type and class at <paramref name="offset"/>.</summary>
    public static bool TryReadQuestion(ReadOnlySpan<byte> message, ref int offset, ref DnsQuestion question)
    {
        int at = offset;
        if (!TryReadName(message, ref at, ref question.Name) || at + 4 > message.Length)
        {
            return false;
        }

        question.Type = BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
        question.Class = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]);
        offset = at + 4;
        return true;
    }

    /// <summary>Reads a resource record at <paramref name="offset"/>; what its data means is not looked at.</summary>
    public static bool TryReadRecord(ReadOnlySpan<byte> message, ref int offset, ref DnsName owner, out DnsRecordHead head)
    {
        head = default;
        int at = offset;
        if (!TryReadName(message, ref at, ref owner) || at + RecordFixed > message.Length)
        {
            return false;
        }

        head = new DnsRecordHead(
            BinaryPrimitives.ReadUInt16BigEndian(message[at..]),
            BinaryPrimitives.ReadUInt16BigEndian(message[(at + 2)..]),
            BinaryPrimitives.ReadUInt32BigEndian(message[(at + 4)..]));
        int length = BinaryPrimitives.ReadUInt16BigEndian(message[(at + 8)..]);
        if (at + RecordFixed + length > message.Length)
        {
            return false;
        }

        offset = at + RecordFixed + length;
        return true;
    }
}

internal struct DnsQuestion
{
    public DnsName Name;
    public ushort Type;
    public ushort Class;

    public readonly bool IsSame(in DnsQuestion other) =>
        Type == other.Type && Class == other.Class && Name.Wire.SequenceEqual(other.Name.Wire);
}

internal readonly record struct DnsRecordHead(ushort Type, ushort Class, uint Ttl);

/// <summary>The numbers of RFC 1035 and its successors that we branch on.</summary>
internal static class DnsNumbers
{
    public const ushort TypeA = 1;
    public const ushort TypeCname = 5;
    public const ushort TypeTxt = 16;
    public const ushort TypeAaaa = 28;
    public const ushort TypeOpt = 41;
    public const ushort TypeIxfr = 251;
    public const ushort TypeAxfr = 252;
    public const ushort TypeAny = 255;
    public const ushort ClassInternet = 1;
    public const int FlagResponse = 0x8000;
    public const int FlagAuthoritative = 0x0400;
    public const int FlagTruncated = 0x0200;
    public const int FlagRecursionDesired = 0x0100;
    public const int OpcodeMask = 0x7800;
    public const int NoError = 0;
    public const int FormatError = 1;
    public const int ServerFailure = 2;
    public const int NxDomain = 3;
    public const int NotImplemented = 4;
    public const int Refused = 5;

    /// <summary>An extended RCODE: its upper bits travel in the OPT record.</summary>
    public const int BadVersion = 16;
}
