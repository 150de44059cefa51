using System.Globalization;
using System.Text.RegularExpressions;

namespace NodeAgent.TestCluster.Serving;

/// <summary>Order of API versions by maturity, then number: v10 above v2 above v1 above v2beta1 above v1alpha1 above anything else.</summary>
internal sealed partial class VersionOrder : IComparer<string>
{
    public static VersionOrder Instance { get; } = new();

    public int Compare(string? x, string? y)
    {
        (int Stage, int Major, int Minor) one = Rank(x ?? "");
        (int Stage, int Major, int Minor) other = Rank(y ?? "");
        int order = one.CompareTo(other);
        return order != 0 || one.Stage > 0 ? order : string.CompareOrdinal(y, x);
    }

    private static (int Stage, int Major, int Minor) Rank(string version)
    {
        Match match = Form().Match(version);
        if (!match.Success)
        {
            return (0, 0, 0);
        }

        int stage = match.Groups[2].Value switch { "alpha" => 1, "beta" => 2, _ => 3 };
        return (stage, Number(match.Groups[1]), Number(match.Groups[3]));
    }

    private static int Number(Group group) => int.TryParse(group.Value, NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : 0;

    [GeneratedRegex("^v([1-9][0-9]*)(?:(alpha|beta)([1-9][0-9]*))?$")]
    private static partial Regex Form();
}
