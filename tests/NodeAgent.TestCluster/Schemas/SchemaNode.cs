using System.Collections.Immutable;

namespace NodeAgent.TestCluster.Schemas;

public enum NodeShape
{
    /// <summary>Nothing is known: replaced as a whole, any fields kept.</summary>
    Any,

    Scalar,

    /// <summary>Known <see cref="SchemaNode.Fields"/>.</summary>
    Struct,

    /// <summary>Any keys, each with the shape of <see cref="SchemaNode.Items"/>.</summary>
    Map,

    List,
}

/// <summary>How the items of a list are told apart when two versions are merged (x-kubernetes-list-type, patchStrategy).</summary>
public enum ListKind
{
    /// <summary>One value: replaced as a whole, owned as a whole.</summary>
    Atomic,

    /// <summary>A set of scalars.</summary>
    Set,

    /// <summary>Items with <see cref="SchemaNode.Keys"/>.</summary>
    Map,
}

/// <summary>One place in the shape of a kind.</summary>
public sealed class SchemaNode(NodeShape shape)
{
    public static SchemaNode Any { get; } = new(NodeShape.Any);

    public static SchemaNode Scalar { get; } = new(NodeShape.Scalar);

    public NodeShape Shape { get; } = shape;

    /// <summary>Of a struct. May refer back to an outer node.</summary>
    public ImmutableDictionary<string, SchemaNode> Fields { get; set; } = ImmutableDictionary<string, SchemaNode>.Empty;

    /// <summary>Of a list or a map.</summary>
    public SchemaNode? Items { get; set; }

    public ListKind ListKind { get; set; }

    /// <summary>Of a list whose items have keys.</summary>
    public ImmutableArray<string> Keys { get; set; } = [];

    /// <summary>A struct or map that is one value (x-kubernetes-map-type: atomic).</summary>
    public bool Atomic { get; set; }
}
