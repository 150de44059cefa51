using System.Globalization;

namespace NodeAgent.TestCluster.Tables;

/// <summary>Ages as kubectl shows them: exact while they are short, coarser as they grow.</summary>
internal static class HumanDuration
{
    public static string Of(TimeSpan age)
    {
        long seconds = (long)age.TotalSeconds;
        if (seconds < -1)
        {
            return "<invalid>";
        }

        seconds = Math.Max(seconds, 0);
        long minutes = seconds / 60;
        long hours = minutes / 60;
        long days = hours / 24;
        return (seconds, minutes, hours, days) switch
        {
            ( < 120, _, _, _) => Text(seconds, "s"),
            (_, < 10, _, _) => Text(minutes, "m", seconds % 60, "s"),
            (_, < 180, _, _) => Text(minutes, "m"),
            (_, _, < 8, _) => Text(hours, "h", minutes % 60, "m"),
            (_, _, < 48, _) => Text(hours, "h"),
            (_, _, _, < 8) => Text(days, "d", hours % 24, "h"),
            (_, _, _, < 730) => Text(days, "d"),
            (_, _, _, < 2920) => Text(days / 365, "y", days % 365, "d"),
            _ => Text(days / 365, "y"),
        };
    }

    private static string Text(long number, string unit) => number.ToString(CultureInfo.InvariantCulture) + unit;

    private static string Text(long number, string unit, long rest, string restUnit) =>
        rest == 0 ? Text(number, unit) : Text(number, unit) + Text(rest, restUnit);
}
