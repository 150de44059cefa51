using System.Runtime.CompilerServices;

namespace NodeAgent.DataPlane.Dns;

/// <summary>A domain name in wire form (RFC 1035, 3.1) without its root label, lower case. A value: nothing is allocated per query.</summary>
internal struct DnsName
{
    /// <summary>Bytes, with the root label that is not kept here.</summary>
    public const int MaxLength = 255;

    private const int MaxLabel = 63;

    private NameBytes _bytes;

    public int Length { get; private set; }

    [System.Diagnostics.CodeAnalysis.UnscopedRef]
    public readonly ReadOnlySpan<byte> Wire => ((ReadOnlySpan<byte>)_bytes)[..Length];

    public void Clear() => Length = 0;

    /// <returns>False when the label or the name would be too long; the label is then not added.</returns>
    public bool TryAdd(ReadOnlySpan<byte> label)
    {
        if (label.Length is 0 or > MaxLabel || Length + label.Length + 2 > MaxLength)
        {
            return false;
        }

        Span<byte> bytes = _bytes;
        bytes[Length++] = (byte)label.Length;
        foreach (byte b in label)
        {
            bytes[Length++] = b is >= (byte)'A' and <= (byte)'Z' ? (byte)(b | 0x20) : b;
        }

        return true;
    }

    /// <summary>From text such as <c>www.example.com</c>.</summary>
    /// <returns>False when it is no name that fits.</returns>
    public static bool TryParse(ReadOnlySpan<char> text, out DnsName name)
    {
        name = default;
        Span<byte> label = stackalloc byte[MaxLabel];
        foreach (Range range in text.Split('.'))
        {
            ReadOnlySpan<char> part = text[range];
            if (part.Length > MaxLabel || !System.Text.Ascii.IsValid(part))
            {
                return false;
            }

            System.Text.Encoding.ASCII.GetBytes(part, label);
            if (!name.TryAdd(label[..part.Length]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>For logs: dots between labels; what is no letter, digit, '-' or '_' as \DDD (RFC 1035, 5.1).</summary>
    public override readonly string ToString()
    {
        ReadOnlySpan<byte> wire = Wire;
        var text = new System.Text.StringBuilder(wire.Length);
        for (int at = 0; at < wire.Length; at += wire[at] + 1)
        {
            foreach (byte b in wire.Slice(at + 1, wire[at]))
            {
                if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'_')
                {
                    text.Append((char)b);
                }
                else
                {
                    text.Append('\\').Append(b.ToString("000", System.Globalization.CultureInfo.InvariantCulture));
                }
            }

            text.Append('.');
        }

        return text.Length == 0 ? "." : text.ToString(0, text.Length - 1);
    }

    [InlineArray(MaxLength)]
    private struct NameBytes
    {
        private byte _first;
    }
}
