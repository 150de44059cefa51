using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using System.Text;

namespace NodeAgent.Translator.Api.Packing;

/// <summary>Writes the parts of one object in the fewest bytes; <see cref="PackReader"/> reads them in the same order.</summary>
internal sealed class PackWriter(string ns, string name)
{
    private readonly ArrayBufferWriter<byte> _bytes = new();

    public byte[] Written => _bytes.WrittenSpan.ToArray();

    public void Byte(byte value) => _bytes.Write([value]);

    /// <summary>Seven bits in each byte, the lowest first.</summary>
    public void Number(ulong value)
    {
        while (value >= 0x80)
        {
            Byte((byte)(value | 0x80));
            value >>= 7;
        }

        Byte((byte)value);
    }

    /// <summary>Small where the absolute value is.</summary>
    public void Signed(long value) => Number((ulong)((value << 1) ^ (value >> 63)));

    /// <summary>Any text of a JSON document, or null.</summary>
    public void Text(string? text)
    {
        if (text is null)
        {
            Number(PackedText.Null);
        }
        else if (PackedText.CodeOf(text) is int code)
        {
            Number((ulong)code);
        }
        else if (text == ns)
        {
            Number(PackedText.OwnNamespace);
        }
        else if (PackedText.SharedWith(name, text) is > 0 and int shared)
        {
            // Names of endpoints and of the Service begin as that of the slice most of the time.
            Number(PackedText.OwnName);
            Number((ulong)shared);
            Utf8(text.AsSpan(shared), 0);
        }
        else
        {
            Utf8(text, PackedText.FirstLength);
        }
    }

    public void Texts(ImmutableArray<string> texts)
    {
        Number((ulong)texts.Length);
        foreach (string text in texts)
        {
            Text(text);
        }
    }

    /// <summary>An address in its canonical text is its bytes; anything else is a text.</summary>
    public void Address(string text)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (IPAddress.TryParse(text, out IPAddress? address)
            && address.TryWriteBytes(bytes, out int length)
            && new IPAddress(bytes[..length]).ToString() == text)
        {
            Byte((byte)length);
            _bytes.Write(bytes[..length]);
        }
        else
        {
            Byte(0);
            Text(text);
        }
    }

    private void Utf8(ReadOnlySpan<char> text, ulong firstLength)
    {
        Number(firstLength + (ulong)Encoding.UTF8.GetByteCount(text));
        Encoding.UTF8.GetBytes(text, _bytes);
    }
}
