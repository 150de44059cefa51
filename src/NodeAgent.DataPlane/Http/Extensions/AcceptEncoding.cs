using System.Globalization;
using Microsoft.Extensions.Primitives;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>What a client says of content codings (RFC 9110, section 12.5.3).</summary>
internal static class AcceptEncoding
{
    /// <param name="offered">The preferred first.</param>
    /// <returns>The acceptable one of the highest weight, of equal weights the preferred; null when none is acceptable.</returns>
    public static string? Choose(StringValues fields, ReadOnlySpan<string> offered)
    {
        string? best = null;
        double bestWeight = 0;
        foreach (string coding in offered)
        {
            double weight = WeightOf(fields, coding);
            if (weight > bestWeight)
            {
                best = coding;
                bestWeight = weight;
            }
        }

        return best;
    }

    /// <summary>What stands for the coding itself counts before what <c>*</c> says.</summary>
    private static double WeightOf(StringValues fields, string coding)
    {
        double any = 0;
        for (int i = 0; i < fields.Count; i++)
        {
            ReadOnlySpan<char> field = fields[i];
            foreach (System.Range part in field.Split(','))
            {
                ReadOnlySpan<char> item = field[part];
                int semicolon = item.IndexOf(';');
                ReadOnlySpan<char> name = (semicolon < 0 ? item : item[..semicolon]).Trim();
                bool star = name is "*";
                if (star || name.Equals(coding, StringComparison.OrdinalIgnoreCase))
                {
                    double weight = semicolon < 0 ? 1 : Weight(item[(semicolon + 1)..]);
                    if (!star)
                    {
                        return weight;
                    }

                    any = weight;
                }
            }
        }

        return any;
    }

    /// <returns>0 for what is no weight: the client gets what it surely understands.</returns>
    private static double Weight(ReadOnlySpan<char> parameter)
    {
        parameter = parameter.Trim();
        return parameter.StartsWith("q=", StringComparison.OrdinalIgnoreCase)
            && double.TryParse(parameter[2..], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double weight)
            ? Math.Clamp(weight, 0, 1)
            : 0;
    }
}
