using System.Buffers;
using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>RequestHeaderModifier and ResponseHeaderModifier.</summary>
internal static class HeaderFilters
{
    private static readonly SearchValues<char> TokenChars =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    /// <summary>Set or removed by us alone: a filter on them would change where a message ends.</summary>
    private static readonly HashSet<string> FramingHeaders = new(
        ["connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade"],
        StringComparer.OrdinalIgnoreCase);

    public static Problem? Check(HeaderModifier headers)
    {
        foreach (string name in headers.Set.Concat(headers.Add).Select(h => h.Name).Concat(headers.Remove))
        {
            if (CheckName(name) is Problem problem)
            {
                return problem;
            }
        }

        NameValue? bad = headers.Set.Concat(headers.Add).FirstOrDefault(h => h.Value.Any(c => char.IsControl(c) && c != '\t'));
        return bad is null ? null : new Problem(Reasons.UnsupportedValue, $"the value for header {bad.Name} has control characters");
    }

    public static bool IsName(string name) => name.Length > 0 && !name.AsSpan().ContainsAnyExcept(TokenChars);

    /// <summary>Of a header that is written on a message.</summary>
    public static Problem? CheckName(string name)
    {
        if (!IsName(name))
        {
            return new Problem(Reasons.UnsupportedValue, $"\"{name}\" is no header name");
        }

        return FramingHeaders.Contains(name)
            ? new Problem(Reasons.UnsupportedValue, $"header {name} cannot be modified")
            : null;
    }

    public static HeaderEdits Edits(HeaderModifier headers) => new(
        FirstOfEach(headers.Set),
        FirstOfEach(headers.Add),
        [.. headers.Remove.DistinctBy(n => n, StringComparer.OrdinalIgnoreCase)]);

    private static ImmutableArray<HeaderValue> FirstOfEach(ImmutableArray<NameValue> headers) =>
        [.. headers.DistinctBy(h => h.Name, StringComparer.OrdinalIgnoreCase).Select(h => new HeaderValue(h.Name, h.Value))];
}
