using System.Globalization;

namespace NodeAgent.Echo;

/// <summary>Durations as Go's time.ParseDuration reads them, less the sign: "300ms", "1.5s", "1m30s", "0".</summary>
internal static class GoDuration
{
    /// <summary>False for anything else and for more than an hour, which no test waits for.</summary>
    public static bool TryParse(string text, out TimeSpan duration)
    {
        duration = TimeSpan.Zero;
        if (text == "0")
        {
            return true;
        }

        int at = 0;
        double milliseconds = 0;
        while (at < text.Length)
        {
            int number = at;
            while (at < text.Length && (char.IsAsciiDigit(text[at]) || text[at] == '.'))
            {
                at++;
            }

            int unit = at;
            while (at < text.Length && !char.IsAsciiDigit(text[at]) && text[at] != '.')
            {
                at++;
            }

            double scale = text[unit..at] switch
            {
                "ns" => 1e-6,
                "us" or "µs" or "μs" => 1e-3,
                "ms" => 1,
                "s" => 1e3,
                "m" => 60e3,
                "h" => 3600e3,
                _ => double.NaN,
            };
            if (!double.TryParse(text.AsSpan(number, unit - number), NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count))
            {
                return false;
            }

            milliseconds += count * scale;
        }

        if (text.Length == 0 || double.IsNaN(milliseconds) || milliseconds > 3600e3)
        {
            return false;
        }

        duration = TimeSpan.FromMilliseconds(milliseconds);
        return true;
    }
}
