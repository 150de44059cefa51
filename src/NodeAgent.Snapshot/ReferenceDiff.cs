namespace NodeAgent.Snapshot;

/// <summary>
/// What came into a list of immutable objects and what went, told by reference: a look at each object, and memory for the differences.
/// Lists that an edit separates have nearly all objects in common and in the same order. An object that has moved may be told as gone and
/// come, so a caller for whom that matters compares the two by key.
/// </summary>
/// <param name="Gone">Indices into the list before, ascending.</param>
/// <param name="Came">Indices into the list after, ascending.</param>
public readonly record struct ReferenceDiff(IReadOnlyList<int> Gone, IReadOnlyList<int> Came)
{
    public static ReferenceDiff Between<T>(ReadOnlySpan<T> before, ReadOnlySpan<T> after)
        where T : class
    {
        var gone = new List<int>();
        var came = new List<int>();
        int old = 0;
        int at = 0;
        while (at < after.Length && old < before.Length)
        {
            if (ReferenceEquals(before[old], after[at]))
            {
                (old, at) = (old + 1, at + 1);
            }
            else if (old + 1 < before.Length && ReferenceEquals(before[old + 1], after[at]))
            {
                gone.Add(old++);
            }
            else
            {
                came.Add(at++);
                if (at >= after.Length || !ReferenceEquals(before[old], after[at]))
                {
                    gone.Add(old++);
                }
            }
        }

        for (; old < before.Length; old++)
        {
            gone.Add(old);
        }

        for (; at < after.Length; at++)
        {
            came.Add(at);
        }

        return new ReferenceDiff(gone, came);
    }
}
