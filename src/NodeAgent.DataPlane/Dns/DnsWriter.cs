using System.Buffers.Binary;

namespace NodeAgent.DataPlane.Dns;

/// <summary>Writes the answers that we give ourselves.</summary>
internal static class DnsWriter
{
    /// <summary>Bytes of a datagram that no network on the way must cut into fragments (the DNS flag day 2020 value).</summary>
    public const int DatagramLength = 1232;

    /// <summary>A header, the longest question and an OPT record always fit into this.</summary>
    public const int MinLength = 512;

    private const int OptLength = 11;

    /// <param name="output">At least <see cref="MinLength"/> long; what does not fit is cut off and marked so (TC).</param>
    /// <param name="message">The query itself: its question is repeated as it came.</param>
    /// <param name="answer">Null: no records.</param>
    /// <param name="authoritative">A rule of ours speaks, not a failure.</param>
    /// <returns>The length of the answer.</returns>
    public static int Write(
        Span<byte> output, ReadOnlySpan<byte> message, in DnsQuery query, int rcode, DnsAnswer? answer, bool authoritative)
    {
        int flags = DnsNumbers.FlagResponse
            | (query.Flags & (DnsNumbers.OpcodeMask | DnsNumbers.FlagRecursionDesired))
            | (authoritative ? DnsNumbers.FlagAuthoritative : 0)
            | (rcode & 0xf);
        output[..DnsReader.HeaderLength].Clear();
        BinaryPrimitives.WriteUInt16BigEndian(output, query.Id);
        int at = DnsReader.HeaderLength;
        if (query.QuestionEnd > 0)
        {
            message[at..query.QuestionEnd].CopyTo(output[at..]);
            at = query.QuestionEnd;
            output[5] = 1;
        }

        int opt = query.HasOpt ? OptLength : 0;
        if (answer is not null)
        {
            int count = 0;
            int written = answer.Write(output[at..^opt], query.Question.Type, ref count);
            if (written < 0)
            {
                flags |= DnsNumbers.FlagTruncated;
            }
            else
            {
                at += written;
                BinaryPrimitives.WriteUInt16BigEndian(output[6..], (ushort)count);
            }
        }

        BinaryPrimitives.WriteUInt16BigEndian(output[2..], (ushort)flags);
        if (opt > 0)
        {
            Span<byte> record = output.Slice(at, OptLength);
            record.Clear();
            BinaryPrimitives.WriteUInt16BigEndian(record[1..], DnsNumbers.TypeOpt);
            BinaryPrimitives.WriteUInt16BigEndian(record[3..], DatagramLength);
            record[5] = (byte)(rcode >> 4);
            output[11] = 1;
            at += OptLength;
        }

        return at;
    }
}
