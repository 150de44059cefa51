using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>Patterns as API servers read them (RE2), matched in linear time.</summary>
internal static class GoPattern
{
    private static readonly ConcurrentDictionary<string, Regex?> Compiled = new(StringComparer.Ordinal);

    /// <returns>Null when it is no pattern.</returns>
    public static Regex? Compile(string pattern) => Compiled.GetOrAdd(pattern, static text =>
    {
        string translated = Translate(text);
        try
        {
            return new Regex(translated, RegexOptions.CultureInvariant | RegexOptions.NonBacktracking);
        }
        catch (NotSupportedException)
        {
            // Too large for the linear engine.
            return new Regex(translated, RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (ArgumentException)
        {
            return null;
        }
    });

    /// <summary>RE2 and .NET differ in `$` (a last newline), in \d, \w and \s (ASCII or all of Unicode), in `[` within a class, and in names of groups.</summary>
    public static string Translate(string pattern)
    {
        StringBuilder result = new(pattern.Length + 16);
        bool inClass = false;
        for (int i = 0; i < pattern.Length; i++)
        {
            char c = pattern[i];
            if (c == '\\' && i + 1 < pattern.Length)
            {
                AppendEscape(result, pattern[++i], inClass);
            }
            else if (inClass)
            {
                i += AppendInClass(result, pattern, i, ref inClass);
            }
            else if (c == '[')
            {
                inClass = true;
                result.Append(c);
                i += AppendClassStart(result, pattern, i + 1);
            }
            else if (c == '$')
            {
                result.Append("\\z");
            }
            else if (c == '(' && string.CompareOrdinal(pattern, i, "(?P<", 0, 4) == 0)
            {
                result.Append("(?<");
                i += 3;
            }
            else
            {
                result.Append(c);
            }
        }

        return result.ToString();
    }

    private static void AppendEscape(StringBuilder result, char escaped, bool inClass)
    {
        string? set = escaped switch
        {
            'd' => "0-9",
            'w' => "0-9A-Za-z_",
            's' => "\\t\\n\\f\\r ",
            _ => null,
        };
        if (set is not null)
        {
            result.Append(inClass ? set : $"[{set}]");
        }
        else if (!inClass && escaped is 'D' or 'W' or 'S')
        {
            result.Append(escaped switch { 'D' => "[^0-9]", 'W' => "[^0-9A-Za-z_]", _ => "[^\\t\\n\\f\\r ]" });
        }
        else
        {
            result.Append('\\').Append(escaped);
        }
    }

    /// <summary>A `]` right after `[` or `[^` is one of the characters.</summary>
    private static int AppendClassStart(StringBuilder result, string pattern, int at)
    {
        int read = 0;
        if (at < pattern.Length && pattern[at] == '^')
        {
            result.Append('^');
            read++;
        }

        if (at + read < pattern.Length && pattern[at + read] == ']')
        {
            result.Append("\\]");
            read++;
        }

        return read;
    }

    /// <returns>How many characters beyond the first were read.</returns>
    private static int AppendInClass(StringBuilder result, string pattern, int at, ref bool inClass)
    {
        char c = pattern[at];
        if (c == ']')
        {
            inClass = false;
            result.Append(c);
            return 0;
        }

        if (c != '[')
        {
            result.Append(c);
            return 0;
        }

        int end = at + 1 < pattern.Length && pattern[at + 1] == ':' ? pattern.IndexOf(":]", at + 2, StringComparison.Ordinal) : -1;
        if (end < 0)
        {
            result.Append("\\[");
            return 0;
        }

        result.Append(pattern[(at + 2)..end] switch
        {
            "alpha" => "A-Za-z",
            "alnum" => "0-9A-Za-z",
            "digit" => "0-9",
            "lower" => "a-z",
            "upper" => "A-Z",
            "xdigit" => "0-9A-Fa-f",
            "space" => "\\t\\n\\v\\f\\r ",
            "word" => "0-9A-Za-z_",
            "print" => " -~",
            "punct" => "!-/:-@\\[-`{-~",
            _ => "",
        });
        return end + 1 - at;
    }
}
