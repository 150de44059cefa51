namespace NodeAgent.Translator.Graph.Tracking;

internal enum ReadShape : byte
{
    /// <summary>One object by its key.</summary>
    One,

    /// <summary>All of a kind.</summary>
    All,

    /// <summary>All of a kind that carry a link.</summary>
    Linked,
}

/// <summary>One thing that a computation looked at, whether it was there or not.</summary>
/// <param name="Kind">The record type of the objects or derived values read.</param>
/// <param name="What">A key or a link; empty for <see cref="ReadShape.All"/>.</param>
internal readonly record struct ReadKey(Type Kind, ReadShape Shape, string What)
{
    public static ReadKey One<T>(string key) => new(typeof(T), ReadShape.One, key);

    public static ReadKey All<T>() => new(typeof(T), ReadShape.All, "");

    public static ReadKey Linked<T>(string link) => new(typeof(T), ReadShape.Linked, link);
}
