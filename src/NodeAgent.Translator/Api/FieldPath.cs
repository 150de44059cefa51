namespace NodeAgent.Translator.Api;

/// <summary>
/// The text of JSON paths. Whoever reads a document and whoever maps paths to lines build them here, so they agree.
/// </summary>
public static class FieldPath
{
    /// <summary>The whole document.</summary>
    public const string Root = "";

    /// <summary>Names that are no plain field names (label keys, say) are put in brackets: <c>labels['a.b/c']</c>.</summary>
    public static string Child(string path, string name)
    {
        if (!IsPlain(name))
        {
            return $"{path}['{name}']";
        }

        return path.Length == 0 ? name : $"{path}.{name}";
    }

    public static string Item(string path, int index) => $"{path}[{index}]";

    private static bool IsPlain(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_'))
            {
                return false;
            }
        }

        return name.Length > 0;
    }
}
