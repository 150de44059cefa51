namespace NodeAgent.Translator.Api;

/// <summary>
/// The text of JSON paths. Whoever reads a document and whoever maps paths to lines build them here, so they agree.
/// </summary>
public static class FieldPath
{
    /// <summary>More of a user's text than this is not shown.</summary>
    private const int MaxShown = 80;

    /// <summary>The whole document.</summary>
    public const string Root = "";

    /// <summary>Names that are no plain field names (label keys, say) are put in brackets: <c>labels['a.b/c']</c>.</summary>
    public static string Child(string path, string name)
    {
        if (!IsPlain(name))
        {
            return $"{path}['{OneLine(name)}']";
        }

        return path.Length == 0 ? name : $"{path}.{name}";
    }

    public static string Item(string path, int index) => $"{path}[{index}]";

    /// <summary>A user's text, fit for one line of a log: no control characters, bounded.</summary>
    public static string OneLine(string text, int maxShown = MaxShown)
    {
        if (text.Length <= maxShown && !text.Any(IsUnfit))
        {
            return text;
        }

        string start = text.Length <= maxShown ? text : text[..maxShown] + "...";
        return string.Create(start.Length, start, (line, from) =>
        {
            for (int i = 0; i < line.Length; i++)
            {
                line[i] = IsUnfit(from[i]) ? '?' : from[i];
            }
        });
    }

    private static bool IsUnfit(char c) => char.IsControl(c) || char.IsSurrogate(c) || c is '\u2028' or '\u2029';

    private static bool IsPlain(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
            {
                return false;
            }
        }

        return name.Length is > 0 and <= MaxShown;
    }
}
