namespace NodeAgent.Controller.Sources.Manifests;

internal enum ScalarType
{
    Null,
    Boolean,

    /// <summary>The text is a JSON number.</summary>
    Number,
    Text,
}

/// <summary>A value of a manifest that knows where it stands.</summary>
/// <param name="Line">From 1.</param>
internal abstract record MarkedNode(int Line);

internal sealed record MarkedScalar(int Line, ScalarType Type, string Text) : MarkedNode(Line);

internal sealed record MarkedList(int Line, List<MarkedNode> Items) : MarkedNode(Line);

/// <summary>Fields in the order written; a name may stand twice, which <see cref="MarkedJson"/> reports.</summary>
internal sealed record MarkedMap(int Line, List<MarkedField> Fields) : MarkedNode(Line)
{
    public MarkedNode? Find(string name) => Fields.Find(field => field.Name == name)?.Value;

    public string TextOf(string name) => Find(name) is MarkedScalar { Type: ScalarType.Text } scalar ? scalar.Text : "";
}

internal sealed record MarkedField(string Name, int Line, MarkedNode Value);

/// <summary>Why a file cannot be read.</summary>
/// <param name="Line">From 1; 0 where the whole file is meant.</param>
internal sealed record ReadFault(int Line, string Text);

/// <summary>The documents of one file, or the reason why it cannot be read.</summary>
/// <param name="Fault">Null when the file parsed.</param>
internal sealed record MarkedFile(List<MarkedNode> Documents, ReadFault? Fault)
{
    /// <summary>Deeper values than any manifest has are refused: readers and writers recurse.</summary>
    public const int MaxDepth = 100;

    public static MarkedFile Broken(ReadFault fault) => new([], fault);
}
