using System.Buffers.Binary;

namespace NodeAgent.DataPlane.Dns;

/// <summary>What a client asked, with all that an answer of ours needs to know.</summary>
internal struct DnsQuery
{
    public ushort Id;
    public int Flags;
    public DnsQuestion Question;

    /// <summary>One past the question; 0 when none could be read.</summary>
    public int QuestionEnd;

    /// <summary>The query carries an OPT record (RFC 6891), so the answer must.</summary>
    public bool HasOpt;

    /// <summary>Bytes that the client takes in a datagram, at least 512.</summary>
    public int DatagramLimit;

    /// <summary>Without EDNS (RFC 1035, 4.2.1).</summary>
    private const int SmallDatagram = 512;

    /// <returns>
    /// NoError when it is a query with one question; another RCODE that it must be answered with; -1 when it must not be answered at
    /// all (too short, or an answer itself: two servers would answer each other for ever).
    /// </returns>
    public static int Parse(ReadOnlySpan<byte> message, ref DnsQuery query)
    {
        query.QuestionEnd = 0;
        query.HasOpt = false;
        query.DatagramLimit = SmallDatagram;
        if (message.Length < DnsReader.HeaderLength)
        {
            return -1;
        }

        query.Id = BinaryPrimitives.ReadUInt16BigEndian(message);
        query.Flags = BinaryPrimitives.ReadUInt16BigEndian(message[2..]);
        if ((query.Flags & DnsNumbers.FlagResponse) != 0)
        {
            return -1;
        }

        if ((query.Flags & DnsNumbers.OpcodeMask) != 0)
        {
            return DnsNumbers.NotImplemented;
        }

        int offset = DnsReader.HeaderLength;
        if (Count(message, 4) != 1
            || Count(message, 6) != 0
            || Count(message, 8) != 0
            || !DnsReader.TryReadQuestion(message, ref offset, ref query.Question))
        {
            return DnsNumbers.FormatError;
        }

        query.QuestionEnd = offset;
        return ReadAdditional(message, offset, ref query);
    }

    /// <summary>Whether <paramref name="message"/> answers what we asked under <paramref name="id"/>: all else may be forged.</summary>
    public static bool IsAnswer(ReadOnlySpan<byte> message, ushort id, in DnsQuestion asked)
    {
        if (message.Length < DnsReader.HeaderLength
            || BinaryPrimitives.ReadUInt16BigEndian(message) != id
            || (BinaryPrimitives.ReadUInt16BigEndian(message[2..]) & DnsNumbers.FlagResponse) == 0
            || Count(message, 4) != 1)
        {
            return false;
        }

        int offset = DnsReader.HeaderLength;
        DnsQuestion question = default;
        return DnsReader.TryReadQuestion(message, ref offset, ref question) && question.IsSame(asked);
    }

    /// <summary>The OPT record, and whether all else that the header promises is there and nothing more.</summary>
    private static int ReadAdditional(ReadOnlySpan<byte> message, int offset, ref DnsQuery query)
    {
        DnsName owner = default;
        bool knowsVersion = true;
        for (int left = Count(message, 10); left > 0; left--)
        {
            if (!DnsReader.TryReadRecord(message, ref offset, ref owner, out DnsRecordHead record))
            {
                return DnsNumbers.FormatError;
            }

            if (record.Type == DnsNumbers.TypeOpt)
            {
                if (query.HasOpt || owner.Length != 0)
                {
                    return DnsNumbers.FormatError;
                }

                query.HasOpt = true;
                query.DatagramLimit = Math.Max((int)record.Class, SmallDatagram);
                knowsVersion = ((record.Ttl >> 16) & 0xff) == 0;
            }
        }

        if (offset != message.Length)
        {
            return DnsNumbers.FormatError;
        }

        return knowsVersion ? DnsNumbers.NoError : DnsNumbers.BadVersion;
    }

    private static int Count(ReadOnlySpan<byte> message, int at) => BinaryPrimitives.ReadUInt16BigEndian(message[at..]);
}
