namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>
/// Cuts YAML between documents, so that a large file can be read by several processors. A line that begins with
/// <c>---</c> ends a document wherever it stands (YAML 1.2, 9.1.2), so text is enough to find the cuts.
/// </summary>
internal static class YamlParts
{
    /// <summary>In characters; smaller parts would cost more to hand out than they save.</summary>
    public const int WorthAThread = 64 * 1024;

    public readonly record struct Part(int Start, int Length, int LinesBefore);

    /// <summary>In their order; at least one.</summary>
    /// <param name="minLength">In characters; 0 cuts at every document. The last part may be shorter.</param>
    public static List<Part> Cut(string text, int minLength)
    {
        if (text.Length < 2 * minLength || !CanBeCut(text))
        {
            return [new Part(0, text.Length, 0)];
        }

        var parts = new List<Part>();
        int start = 0;
        int lines = 0;
        do
        {
            int end = NextMarker(text, start + minLength);
            parts.Add(new Part(start, end - start, lines));
            lines += text.AsSpan(start, end - start).Count('\n');
            start = end;
        }
        while (start < text.Length);

        return parts;
    }

    /// <summary>Directives reach over a document marker, and other line breaks would have to be counted as YAML does.</summary>
    private static bool CanBeCut(string text) =>
        !text.AsSpan().ContainsAny("\r\u0085\u2028\u2029")
        && !text.StartsWith('%')
        && !text.Contains("\n%", StringComparison.Ordinal)
        && !text.Contains("\n...", StringComparison.Ordinal);

    private static int NextMarker(string text, int from)
    {
        while (from < text.Length && text.IndexOf("\n---", from, StringComparison.Ordinal) is int at and >= 0)
        {
            if (at + 4 == text.Length || text[at + 4] is ' ' or '\t' or '\n')
            {
                return at + 1;
            }

            from = at + 1;
        }

        return text.Length;
    }
}
