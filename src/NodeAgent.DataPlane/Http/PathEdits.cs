using System.Buffers;
using System.Text;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http;

/// <summary>Path edits of rewrites and redirects (HTTPPathModifier, facts 5.9).</summary>
internal static class PathEdits
{
    /// <summary>What may stand in a path as it is; "%" is judged apart, and "?" would start a query.</summary>
    private static readonly SearchValues<char> PathText = SearchValues.Create(
        "!$&'()*+,-./0123456789:;=@ABCDEFGHIJKLMNOPQRSTUVWXYZ[]^_`abcdefghijklmnopqrstuvwxyz{|}~");

    /// <summary>The edited path with the query behind it.</summary>
    /// <param name="edit">Null leaves the path as it is.</param>
    /// <param name="path">Normalised.</param>
    /// <param name="matchedPrefixLength">See <see cref="RouteMatch.MatchedPathLength"/>; read by ReplacePrefix only.</param>
    /// <param name="query">Without its question mark; empty when there is none.</param>
    public static string Apply(PathEdit? edit, ReadOnlySpan<char> path, int matchedPrefixLength, ReadOnlySpan<char> query)
    {
        if (edit is null)
        {
            return query.IsEmpty ? path.ToString() : $"{path}?{query}";
        }

        string value = Encode(edit.Value);
        ReadOnlySpan<char> rest = [];
        ReadOnlySpan<char> start = value;
        if (edit.Type == PathEditType.ReplacePrefix)
        {
            // Slashes at the end of prefix and replacement do not count, so the rest brings its own or is empty.
            rest = path[path[..matchedPrefixLength].TrimEnd('/').Length..];
            start = start.TrimEnd('/');
        }

        string slash = (start.IsEmpty ? rest : start).StartsWith('/') ? "" : "/";
        return query.IsEmpty ? $"{slash}{start}{rest}" : $"{slash}{start}{rest}?{query}";
    }

    /// <summary>Values come from route authors unchecked, and nothing of them may end a request line or a header.</summary>
    private static string Encode(string value)
    {
        if (!value.AsSpan().ContainsAnyExcept(PathText))
        {
            return value;
        }

        var encoded = new StringBuilder(value.Length + 16);
        Span<char> escape = stackalloc char[PercentEscape.Length];
        Span<byte> utf8 = stackalloc byte[4];
        int position = 0;
        foreach (Rune rune in value.EnumerateRunes())
        {
            bool isPlain = rune.IsAscii && PathText.Contains((char)rune.Value);
            if (isPlain || PercentEscape.IsAtStart(value.AsSpan(position)))
            {
                encoded.Append((char)rune.Value);
            }
            else
            {
                foreach (byte b in utf8[..rune.EncodeToUtf8(utf8)])
                {
                    PercentEscape.Write(b, escape);
                    encoded.Append(escape);
                }
            }

            position += rune.Utf16SequenceLength;
        }

        return encoded.ToString();
    }
}
