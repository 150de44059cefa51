using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>
/// Gives out one string for equal texts of many documents (namespaces, port names, labels, hostnames, ...), which is
/// most of what thousands of objects are made of. A text has one place, which the last one to need it takes: so it
/// never grows, and threads need not agree.
/// </summary>
internal static class TextPool
{
    private const int Places = 4096;

    /// <summary>In bytes; longer texts are seldom met twice.</summary>
    private const int MaxLength = 64;

    private static readonly string?[] Texts = new string?[Places];

    /// <param name="value">A JSON string.</param>
    public static string TextOf(JsonElement value)
    {
        ReadOnlySpan<byte> raw = JsonMarshal.GetRawUtf8Value(value);
        ReadOnlySpan<byte> text = raw.Length >= 2 ? raw[1..^1] : raw;
        return text.IsEmpty || (IsPooled(text) && !text.Contains((byte)'\\')) ? TextOf(text) : value.GetString()!;
    }

    /// <param name="utf8">Well-formed.</param>
    public static string TextOf(ReadOnlySpan<byte> utf8)
    {
        if (utf8.IsEmpty)
        {
            return "";
        }

        if (!IsPooled(utf8))
        {
            return Encoding.UTF8.GetString(utf8);
        }

        var hash = new HashCode();
        hash.AddBytes(utf8);
        int place = hash.ToHashCode() & (Places - 1);
        string? known = Texts[place];
        if (known is null || !Ascii.Equals(utf8, known))
        {
            Texts[place] = known = Encoding.ASCII.GetString(utf8);
        }

        return known;
    }

    private static bool IsPooled(ReadOnlySpan<byte> text) => text.Length <= MaxLength && Ascii.IsValid(text);
}
