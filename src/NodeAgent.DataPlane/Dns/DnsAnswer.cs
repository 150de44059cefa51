using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Net;
using System.Text;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Dns;

/// <summary>The records a rule answers with, their data in wire form.</summary>
internal sealed class DnsAnswer
{
    /// <summary>Bytes of one character-string of a TXT record.</summary>
    private const int MaxText = 255;

    private readonly Record[] _records;

    private DnsAnswer(Record[] records) => _records = records;

    /// <summary>What cannot be said in wire form is left out; translation refuses it before.</summary>
    public static DnsAnswer Of(ImmutableArray<DnsRecord> records) => new([.. records.Select(Encode).OfType<Record>()]);

    /// <summary>Those of the asked type; else the alias, which a resolver then follows; all for ANY.</summary>
    public int Write(Span<byte> output, ushort type, ref int count)
    {
        bool direct = Array.Exists(_records, r => r.Type == type);
        int at = 0;
        foreach (Record record in _records)
        {
            if (record.Type == type || type == DnsNumbers.TypeAny || (!direct && record.Type == DnsNumbers.TypeCname))
            {
                if (at + 12 + record.Data.Length > output.Length)
                {
                    return -1;
                }

                // The owner is the name of the question, at the place where it always stands.
                BinaryPrimitives.WriteUInt16BigEndian(output[at..], 0xc000 | DnsReader.HeaderLength);
                BinaryPrimitives.WriteUInt16BigEndian(output[(at + 2)..], record.Type);
                BinaryPrimitives.WriteUInt16BigEndian(output[(at + 4)..], DnsNumbers.ClassInternet);
                BinaryPrimitives.WriteInt32BigEndian(output[(at + 6)..], record.Ttl);
                BinaryPrimitives.WriteUInt16BigEndian(output[(at + 10)..], (ushort)record.Data.Length);
                record.Data.CopyTo(output[(at + 12)..]);
                at += 12 + record.Data.Length;
                count++;
            }
        }

        return at;
    }

    private static Record? Encode(DnsRecord record) => record.Type switch
    {
        DnsRecordType.A => new Record(DnsNumbers.TypeA, record.Ttl, IPAddress.Parse(record.Value).GetAddressBytes()),
        DnsRecordType.Aaaa => new Record(DnsNumbers.TypeAaaa, record.Ttl, IPAddress.Parse(record.Value).GetAddressBytes()),
        DnsRecordType.Cname when DnsName.TryParse(record.Value, out DnsName name) =>
            new Record(DnsNumbers.TypeCname, record.Ttl, [.. name.Wire, 0]),
        DnsRecordType.Txt => new Record(DnsNumbers.TypeTxt, record.Ttl, Text(record.Value)),
        _ => null,
    };

    private static byte[] Text(string value)
    {
        byte[] all = Encoding.UTF8.GetBytes(value);
        var data = new List<byte>();
        for (int at = 0; at == 0 || at < all.Length; at += MaxText)
        {
            ReadOnlySpan<byte> part = all.AsSpan(at, Math.Min(MaxText, all.Length - at));
            data.Add((byte)part.Length);
            data.AddRange(part);
        }

        return [.. data];
    }

    private sealed record Record(ushort Type, int Ttl, byte[] Data);
}
