namespace NodeAgent.DataPlane.Http;

/// <summary><c>%XX</c> as RFC 3986, section 2.1 has it.</summary>
internal static class PercentEscape
{
    public const int Length = 3;

    private const string UpperHex = "0123456789ABCDEF";

    /// <summary>Whether <paramref name="text"/> starts with a whole escape.</summary>
    public static bool IsAtStart(ReadOnlySpan<char> text) =>
        text.Length >= Length && text[0] == '%' && char.IsAsciiHexDigit(text[1]) && char.IsAsciiHexDigit(text[2]);

    /// <summary>Both arguments are hex digits of either case.</summary>
    public static byte Value(char high, char low) => (byte)((Digit(high) << 4) | Digit(low));

    public static void Write(byte value, Span<char> escape)
    {
        escape[0] = '%';
        escape[1] = UpperHex[value >> 4];
        escape[2] = UpperHex[value & 15];
    }

    private static int Digit(char hex) => hex <= '9' ? hex - '0' : (hex | 0x20) - 'a' + 10;
}
