using System.Buffers.Binary;
using System.Text;

namespace NodeAgent.DataPlane.Tests.Dns;

/// <summary>DNS messages written plainly, by nothing of what is tested.</summary>
internal static class Message
{
    public static byte[] Query(string name, int type, int id = 0x1234, int flags = 0x0100, int qclass = 1, int? edns = null, int version = 0)
    {
        byte[] opt = edns is null ? [] : [0, 0, 41, (byte)(edns >> 8), (byte)edns, 0, (byte)version, 0, 0, 0, 0];
        return [.. Header(id, flags, 1, 0, 0, opt.Length > 0 ? 1 : 0), .. Name(name), .. Word(type), .. Word(qclass), .. opt];
    }

    public static byte[] Header(int id, int flags, int questions, int answers, int authorities, int additional) =>
        [.. Word(id), .. Word(flags), .. Word(questions), .. Word(answers), .. Word(authorities), .. Word(additional)];

    /// <summary>What a name server says to <paramref name="query"/>: its question and one A record.</summary>
    public static byte[] Answer(ReadOnlySpan<byte> query, byte lastOctet, int padding = 0)
    {
        byte[] answer =
        [
            .. query[..2], 0x81, 0x80, 0, 1, 0, (byte)(padding > 0 ? 2 : 1), 0, 0, 0, 0, .. Question(query),
            0xc0, 12, 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, 192, 0, 2, lastOctet,
        ];
        return padding == 0 ? answer : [.. answer, 0xc0, 12, 0, 16, 0, 1, 0, 0, 0, 60, .. Word(padding), .. new byte[padding]];
    }

    public static byte[] Question(ReadOnlySpan<byte> message)
    {
        int at = 12;
        while (message[at] != 0)
        {
            at += message[at] + 1;
        }

        return message[12..(at + 5)].ToArray();
    }

    public static string NameOf(ReadOnlySpan<byte> message)
    {
        var text = new StringBuilder();
        for (int at = 12; message[at] != 0; at += message[at] + 1)
        {
            text.Append(Encoding.Latin1.GetString(message.Slice(at + 1, message[at]))).Append('.');
        }

        return text.ToString().TrimEnd('.');
    }

    public static byte[] Name(string name) =>
        [.. name.Split('.', StringSplitOptions.RemoveEmptyEntries).SelectMany(l => (byte[])[(byte)l.Length, .. Encoding.Latin1.GetBytes(l)]), 0];

    public static int Id(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt16BigEndian(message);

    public static int Rcode(ReadOnlySpan<byte> message) => message[3] & 0xf;

    public static bool IsTruncated(ReadOnlySpan<byte> message) => (message[2] & 2) != 0;

    public static int Answers(ReadOnlySpan<byte> message) => BinaryPrimitives.ReadUInt16BigEndian(message[6..]);

    public static byte[] Word(int value) => [(byte)(value >> 8), (byte)value];
}
