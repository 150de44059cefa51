namespace NodeAgent.Translator;

/// <summary>One thing that keeps an object from doing what its owner wrote.</summary>
/// <param name="Part"><c>listener NAME</c>, <c>parent [NS/]NAME[/SECTION][:PORT]</c> <c>ancestor [NS/]NAME</c> or <c>gateway [NS/]NAME</c>; empty for the object.</param>
/// <param name="Field">JSON path as <see cref="Api.FieldPath"/> writes it; empty for the whole object.</param>
/// <param name="Condition">The condition's type; <paramref name="Status"/> and <paramref name="Reason"/> are the condition's, too.</param>
/// <param name="What">What is wrong.</param>
/// <param name="Mend">What would mend it; empty where that is not known.</param>
public sealed record Finding(
    string Group,
    string Kind,
    string Namespace,
    string Name,
    string Part,
    string Field,
    string Condition,
    string Status,
    string Reason,
    string What,
    string Mend)
{
    /// <summary><c>KIND [NS/]NAME</c></summary>
    public string Owner => $"{FindingReader.KindName(Kind, Group)} {(Namespace.Length > 0 ? $"{Namespace}/{Name}" : Name)}";

    /// <summary>Whom the condition is about: <c>KIND [NS/]NAME [PART]</c>.</summary>
    public string Subject => Part.Length > 0 ? $"{Owner} {Part}" : Owner;
}
