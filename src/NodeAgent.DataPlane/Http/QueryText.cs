using System.Buffers;
using System.Text;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// Reads <c>name=value</c> pairs of a raw query as forms write them: parted by <c>&amp;</c>, <c>%XX</c> decoded as
/// UTF-8, <c>+</c> is a space. A <c>%</c> that starts no escape stands for itself.
/// </summary>
internal static class QueryText
{
    /// <summary>One UTF-16 character is at most three UTF-8 bytes, each written as three characters.</summary>
    private const int MaxRawPerChar = 9;

    private static readonly SearchValues<char> Escapes = SearchValues.Create("%+");

    /// <summary>Finds the first parameter called <paramref name="name"/> (case-sensitive).</summary>
    /// <param name="value">Still encoded; empty when the parameter has no <c>=</c>.</param>
    public static bool TryFind(ReadOnlySpan<char> query, string name, out ReadOnlySpan<char> value)
    {
        while (!query.IsEmpty)
        {
            int end = query.IndexOf('&');
            ReadOnlySpan<char> pair = end < 0 ? query : query[..end];
            query = end < 0 ? [] : query[(end + 1)..];
            int equals = pair.IndexOf('=');
            if (DecodesTo(equals < 0 ? pair : pair[..equals], name))
            {
                value = equals < 0 ? [] : pair[(equals + 1)..];
                return true;
            }
        }

        value = [];
        return false;
    }

    public static bool DecodesTo(ReadOnlySpan<char> raw, string text)
    {
        if (raw.IndexOfAny(Escapes) < 0)
        {
            return raw.SequenceEqual(text);
        }

        if (raw.Length < text.Length || raw.Length > text.Length * MaxRawPerChar)
        {
            return false;
        }

        char[] buffer = ArrayPool<char>.Shared.Rent(raw.Length);
        bool equal = buffer.AsSpan(0, Decode(raw, buffer)).SequenceEqual(text);
        ArrayPool<char>.Shared.Return(buffer);
        return equal;
    }

    /// <param name="decoded">At least as long as <paramref name="raw"/>.</param>
    /// <returns>How many characters were written.</returns>
    public static int Decode(ReadOnlySpan<char> raw, Span<char> decoded)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(raw.Length);
        int written = 0;
        while (!raw.IsEmpty)
        {
            int plain = raw.IndexOfAny(Escapes);
            ReadOnlySpan<char> before = plain < 0 ? raw : raw[..plain];
            if (!before.IsEmpty)
            {
                before.CopyTo(decoded[written..]);
                written += before.Length;
                raw = raw[before.Length..];
            }
            else if (raw[0] == '+')
            {
                decoded[written++] = ' ';
                raw = raw[1..];
            }
            else
            {
                int bytes = DecodeEscapes(ref raw, buffer);
                if (bytes == 0)
                {
                    decoded[written++] = '%';
                    raw = raw[1..];
                }
                else
                {
                    written += Encoding.UTF8.GetChars(buffer.AsSpan(0, bytes), decoded[written..]);
                }
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        return written;
    }

    /// <summary>Takes the run of escapes that <paramref name="raw"/> starts with: a character may need several.</summary>
    private static int DecodeEscapes(ref ReadOnlySpan<char> raw, Span<byte> bytes)
    {
        int count = 0;
        while (PercentEscape.IsAtStart(raw))
        {
            bytes[count++] = PercentEscape.Value(raw[1], raw[2]);
            raw = raw[PercentEscape.Length..];
        }

        return count;
    }
}
