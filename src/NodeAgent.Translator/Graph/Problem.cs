namespace NodeAgent.Translator.Graph;

/// <summary>Why something a user wrote does not count: a condition's reason and one line for its message.</summary>
internal sealed record Problem(string Reason, string Message)
{
    /// <summary>Where in the object, as <see cref="Api.FieldPath"/> writes it; null when it is about the whole.</summary>
    public string? Field { get; init; }

    /// <summary>
    /// See <see cref="SnapshotTarget.Subject"/>: a backend that is there and refused, which is told so on itself as well.
    /// Null when what is referred to has nothing to be told.
    /// </summary>
    public string? Subject { get; init; }

    /// <summary>What would mend it, where that is not obvious from the message.</summary>
    public string? Mend { get; init; }
}
