using System.Globalization;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>Durations as the Gateway API writes them (GEP-2257): 1h30m, 10s, 500ms.</summary>
internal static class DurationText
{
    /// <summary>The text must have passed TextRules.Duration, which bounds it to four numbers of five digits.</summary>
    public static long Milliseconds(string text)
    {
        long total = 0;
        int at = 0;
        while (at < text.Length)
        {
            int unit = at;
            while (char.IsAsciiDigit(text[unit]))
            {
                unit++;
            }

            long number = long.Parse(text.AsSpan(at, unit - at), NumberStyles.None, CultureInfo.InvariantCulture);
            bool milliseconds = text.AsSpan(unit).StartsWith("ms");
            total += number * (milliseconds ? 1 : text[unit] switch
            {
                'h' => 3_600_000,
                'm' => 60_000,
                _ => 1_000,
            });
            at = unit + (milliseconds ? 2 : 1);
        }

        return total;
    }
}
