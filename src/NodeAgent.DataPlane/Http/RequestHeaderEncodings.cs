using System.Text;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// How Kestrel decodes header values. This is the only place where we see the bytes of two headers that Kestrel itself reads and
/// then forgets: Content-Length, which it takes with a sign, and Connection, of which it keeps a single known option only.
/// </summary>
internal static class RequestHeaderEncodings
{
    private static readonly LengthEncoding Length = new();
    private static readonly ConnectionEncoding Connection = new();

    public static Encoding Of(string name) => name.Length switch
    {
        10 when name.Equals("Connection", StringComparison.OrdinalIgnoreCase) => Connection,
        14 when name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase) => Length,
        _ => Encoding.Latin1,
    };

    /// <summary>Whatever is no digit becomes a letter, so that Kestrel refuses the number.</summary>
    private sealed class LengthEncoding : Decoding
    {
        public override int GetCharCount(ReadOnlySpan<byte> bytes) => bytes.Length;

        public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
        {
            for (int i = 0; i < bytes.Length; i++)
            {
                chars[i] = bytes[i] is >= (byte)'0' and <= (byte)'9' ? (char)bytes[i] : 'x';
            }

            return bytes.Length;
        }
    }

    /// <summary>
    /// Kestrel replaces a Connection header that holds one of its three options by that option, and the names of headers beside it
    /// are lost. With two options in it it is left alone; of these two, close counts.
    /// </summary>
    private sealed class ConnectionEncoding : Decoding
    {
        private const string Both = ", keep-alive, close";

        public override int GetCharCount(ReadOnlySpan<byte> bytes) =>
            bytes.Length + (NamesHeader(bytes) ? Both.Length : 0);

        public override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars)
        {
            int count = Latin1.GetChars(bytes, chars);
            if (chars.Length < count + Both.Length || !NamesHeader(bytes))
            {
                return count;
            }

            Both.CopyTo(chars[count..]);
            return count + Both.Length;
        }

        /// <summary>Headers that are dropped anyway need no name, and a client that offers h2c names one.</summary>
        private static bool NamesHeader(ReadOnlySpan<byte> bytes)
        {
            foreach (Range part in bytes.Split((byte)','))
            {
                ReadOnlySpan<byte> option = bytes[part].Trim(" \t"u8);
                if (!option.IsEmpty
                    && !Ascii.EqualsIgnoreCase(option, "keep-alive"u8)
                    && !Ascii.EqualsIgnoreCase(option, "close"u8)
                    && !Ascii.EqualsIgnoreCase(option, "upgrade"u8)
                    && !HopByHop.IsDropped(Latin1.GetString(option)))
                {
                    return true;
                }
            }

            return false;
        }
    }

    /// <summary>Only ever decodes.</summary>
    private abstract class Decoding : Encoding
    {
        public abstract override int GetCharCount(ReadOnlySpan<byte> bytes);

        public abstract override int GetChars(ReadOnlySpan<byte> bytes, Span<char> chars);

        public override unsafe int GetCharCount(byte* bytes, int count) => GetCharCount(new ReadOnlySpan<byte>(bytes, count));

        public override unsafe int GetChars(byte* bytes, int byteCount, char* chars, int charCount) =>
            GetChars(new ReadOnlySpan<byte>(bytes, byteCount), new Span<char>(chars, charCount));

        public override int GetCharCount(byte[] bytes, int index, int count) => GetCharCount(bytes.AsSpan(index, count));

        public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex) =>
            GetChars(bytes.AsSpan(byteIndex, byteCount), chars.AsSpan(charIndex));

        public override int GetMaxCharCount(int byteCount) => byteCount + 64;

        public override int GetByteCount(char[] chars, int index, int count) => Latin1.GetByteCount(chars, index, count);

        public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) =>
            Latin1.GetBytes(chars, charIndex, charCount, bytes, byteIndex);

        public override int GetMaxByteCount(int charCount) => Latin1.GetMaxByteCount(charCount);
    }
}
