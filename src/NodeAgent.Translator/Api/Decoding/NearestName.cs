namespace NodeAgent.Translator.Api.Decoding;

/// <summary>Guesses which known name a mistyped one was meant to be.</summary>
internal static class NearestName
{
    /// <summary>More changed letters than this make another word, not a typing error.</summary>
    private const int MaxEdits = 2;

    /// <summary>Names longer than any field of the API need no guess, and the table below stays small.</summary>
    private const int MaxLength = 64;

    public static string? Find(string given, IEnumerable<string> known)
    {
        string? best = null;
        int bestEdits = MaxEdits + 1;
        foreach (string name in known)
        {
            int edits = given.Length > MaxLength ? bestEdits : Edits(given.ToLowerInvariant(), name.ToLowerInvariant());
            if (edits < bestEdits && edits < name.Length)
            {
                best = name;
                bestEdits = edits;
            }
        }

        return best;
    }

    /// <summary>Levenshtein distance.</summary>
    private static int Edits(string a, string b)
    {
        Span<int> row = stackalloc int[b.Length + 1];
        for (int j = 0; j <= b.Length; j++)
        {
            row[j] = j;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (a[i - 1] == b[j - 1] ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
