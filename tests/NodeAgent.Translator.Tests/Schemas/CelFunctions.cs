using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>The functions of CEL, and of the API server's libraries, that CRDs call; the target comes first.</summary>
internal static partial class CelFunctions
{
    public static object? Call(string name, object?[] arguments) => (name, arguments) switch
    {
        ("size", [string text]) => (long)text.Length,
        ("size", [List<object?> list]) => (long)list.Count,
        ("size", [Dictionary<string, object?> map]) => (long)map.Count,
        ("matches", [string text, string pattern]) => Regex.IsMatch(text, SchemaPattern.ToDotNet(pattern)),
        ("startsWith", [string text, string start]) => text.StartsWith(start, StringComparison.Ordinal),
        ("endsWith", [string text, string end]) => text.EndsWith(end, StringComparison.Ordinal),
        ("contains", [string text, string part]) => text.Contains(part, StringComparison.Ordinal),
        ("split", [string text, string separator]) => text.Split(separator).Select(p => (object?)p).ToList(),
        ("replace", [string text, string old, string with]) => text.Replace(old, with, StringComparison.Ordinal),
        ("substring", [string text, long start]) when start <= text.Length => text[(int)start..],
        ("lowerAscii", [string text]) => text.ToLowerInvariant(),
        ("isIP", [string text]) => IPAddress.TryParse(text, out _),
        ("isCIDR", [string text]) => IPNetwork.TryParse(text, out _),
        ("duration", [string text]) => Duration(text),
        ("int", [string text]) => long.TryParse(text, out long number) ? number : throw new CelException("is no int"),
        ("string", [long number]) => number.ToString(CultureInfo.InvariantCulture),
        _ => throw new CelException($"calls {name} with {arguments.Length} arguments of a kind this reader does not know"),
    };

    private static TimeSpan Duration(string text)
    {
        MatchCollection parts = Part().Matches(text);
        return parts.Count > 0 && parts.Sum(p => p.Length) == text.Length
            ? TimeSpan.FromMilliseconds(parts.Sum(p => double.Parse(p.Groups[1].Value, CultureInfo.InvariantCulture) * Unit(p.Groups[2].Value)))
            : throw new CelException($"{text} is no duration");
    }

    private static double Unit(string unit) => unit switch { "h" => 3_600_000, "m" => 60_000, "s" => 1000, _ => 1 };

    [GeneratedRegex("([0-9]+(?:\\.[0-9]+)?)(ms|h|m|s)")]
    private static partial Regex Part();
}

/// <summary>Patterns of schemas are RE2: there '$' is the end of the text, never before a last line break.</summary>
internal static partial class SchemaPattern
{
    public static string ToDotNet(string pattern) =>
        Dollar().Replace(pattern, "\\z");

    // Not in a character class and not escaped: at the end, before '|' or before ')'.
    [GeneratedRegex(@"(?<!\\)\$(?=$|\||\))")]
    private static partial Regex Dollar();
}
