using System.Collections.Immutable;
using System.Net;
using System.Text;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Api.Packing;

/// <summary>Reads what <see cref="PackWriter"/> has written.</summary>
internal ref struct PackReader(string ns, string name, ReadOnlySpan<byte> packed)
{
    private ReadOnlySpan<byte> _rest = packed;

    public byte Byte()
    {
        byte value = _rest[0];
        _rest = _rest[1..];
        return value;
    }

    public ulong Number()
    {
        ulong value = 0;
        for (int shift = 0; ; shift += 7)
        {
            byte next = Byte();
            value |= (ulong)(next & 0x7F) << shift;
            if (next < 0x80)
            {
                return value;
            }
        }
    }

    public long Signed()
    {
        ulong value = Number();
        return (long)(value >> 1) ^ -(long)(value & 1);
    }

    public int Count() => (int)Number();

    public string? OptionalText()
    {
        int code = Count();
        return code switch
        {
            PackedText.Null => null,
            PackedText.OwnNamespace => ns,
            PackedText.OwnName => string.Concat(name.AsSpan(0, Count()), Encoding.UTF8.GetString(Bytes(Count()))),
            >= PackedText.FirstLength => TextPool.TextOf(Bytes(code - PackedText.FirstLength)),
            _ => PackedText.WordOf(code),
        };
    }

    public string Text() => OptionalText()!;

    public ImmutableArray<string> Texts()
    {
        var texts = ImmutableArray.CreateBuilder<string>(Count());
        for (int i = texts.Capacity; i > 0; i--)
        {
            texts.Add(Text());
        }

        return texts.MoveToImmutable();
    }

    public string Address()
    {
        int length = Byte();
        return length == 0 ? Text() : new IPAddress(Bytes(length)).ToString();
    }

    private ReadOnlySpan<byte> Bytes(int length)
    {
        ReadOnlySpan<byte> bytes = _rest[..length];
        _rest = _rest[length..];
        return bytes;
    }
}
