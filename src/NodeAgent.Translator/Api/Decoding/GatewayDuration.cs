using System.Globalization;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>Durations as GEP-2257 writes them.</summary>
internal static class GatewayDuration
{
    /// <param name="text">Of the form that <see cref="TextRules.Duration"/> asks for; units may come in any order and twice.</param>
    public static TimeSpan Parse(string text)
    {
        long milliseconds = 0;
        for (int at = 0; at < text.Length;)
        {
            int digits = at;
            while (char.IsAsciiDigit(text[at]))
            {
                at++;
            }

            long number = long.Parse(text.AsSpan(digits, at - digits), NumberStyles.None, CultureInfo.InvariantCulture);
            (long unit, int length) = text[at] switch
            {
                'h' => (3_600_000, 1),
                's' => (1_000, 1),
                _ when at + 1 < text.Length && text[at + 1] == 's' => (1, 2),
                _ => (60_000, 1),
            };
            milliseconds += number * unit;
            at += length;
        }

        return TimeSpan.FromMilliseconds(milliseconds);
    }
}
