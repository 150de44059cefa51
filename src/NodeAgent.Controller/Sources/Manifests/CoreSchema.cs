using System.Text.RegularExpressions;

namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>
/// Which plain YAML scalars are no text: the core schema of YAML 1.2. The extra words of YAML 1.1 (yes, on, 1_000,
/// 12:30) stay text, as writers of host names and labels mean them.
/// </summary>
internal static partial class CoreSchema
{
    public static MarkedScalar Plain(int line, string text) => text switch
    {
        "" or "~" or "null" or "Null" or "NULL" => new(line, ScalarType.Null, "null"),
        "true" or "True" or "TRUE" => new(line, ScalarType.Boolean, "true"),
        "false" or "False" or "FALSE" => new(line, ScalarType.Boolean, "false"),
        _ => NumberOrText(line, text),
    };

    private static MarkedScalar NumberOrText(int line, string text)
    {
        if (!char.IsAsciiDigit(text[0]) && text[0] is not ('+' or '-' or '.'))
        {
            return new(line, ScalarType.Text, text);
        }

        string? number =
            JsonNumber().IsMatch(text) ? text
            : OtherBase().IsMatch(text) ? FromBase(text)
            : LooseNumber().Match(text) is { Success: true } loose ? Normalize(loose)
            : null;
        return number is null ? new(line, ScalarType.Text, text) : new(line, ScalarType.Number, number);
    }

    private static string FromBase(string text) =>
        Convert.ToUInt64(text[2..], text[1] == 'x' ? 16 : 8).ToString(System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>Writes +5, 007, .5 and 5. as JSON has them.</summary>
    private static string Normalize(Match loose)
    {
        string whole = loose.Groups["whole"].Value.TrimStart('0');
        string part = loose.Groups["part"].Value;
        return (loose.Groups["sign"].Value == "-" ? "-" : "")
            + (whole.Length == 0 ? "0" : whole)
            + (part.Length == 0 ? "" : "." + part)
            + loose.Groups["exponent"].Value;
    }

    [GeneratedRegex(@"^-?(0|[1-9][0-9]*)(\.[0-9]+)?([eE][-+]?[0-9]+)?\z")]
    private static partial Regex JsonNumber();

    // Longer ones do not fit into 64 bits and mean nothing here: they stay text.
    [GeneratedRegex(@"^0(o[0-7]{1,21}|x[0-9a-fA-F]{1,16})\z")]
    private static partial Regex OtherBase();

    [GeneratedRegex(@"^(?<sign>[-+]?)((?<whole>[0-9]+)(\.(?<part>[0-9]*))?|\.(?<part>[0-9]+))(?<exponent>([eE][-+]?[0-9]+)?)\z")]
    private static partial Regex LooseNumber();
}
