using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>One place of a schema, compiled: what defaulting, pruning and validation ask of a value.</summary>
internal sealed class StructuralNode
{
    public ValueType Type { get; set; }

    public bool Nullable { get; set; }

    public FrozenDictionary<string, StructuralNode> Properties { get; set; } = FrozenDictionary<string, StructuralNode>.Empty;

    /// <summary>Properties that have a default of their own, in the order of the schema.</summary>
    public ImmutableArray<KeyValuePair<string, StructuralNode>> Defaulted { get; set; } = [];

    /// <summary>Whether defaulting may change anything here or below.</summary>
    public bool AnyDefaults { get; set; }

    /// <summary>Of the values of a map; null when there are none, or when any are allowed.</summary>
    public StructuralNode? Additional { get; set; }

    /// <summary>additionalProperties: true.</summary>
    public bool AnyAdditional { get; set; }

    public bool PreserveUnknown { get; set; }

    /// <summary>x-kubernetes-embedded-resource: an object with apiVersion, kind and metadata of its own.</summary>
    public bool Embedded { get; set; }

    public StructuralNode? Items { get; set; }

    public JsonNode? DefaultValue { get; set; }

    public ImmutableArray<string> Required { get; set; } = [];

    public ImmutableArray<JsonNode?> Enum { get; set; } = [];

    /// <summary>The strings of <see cref="Enum"/>, when it has only those.</summary>
    public FrozenSet<string>? EnumStrings { get; set; }

    public string? Pattern { get; set; }

    public Regex? PatternRegex { get; set; }

    public string? Format { get; set; }

    public double? Minimum { get; set; }

    public double? Maximum { get; set; }

    public bool ExclusiveMinimum { get; set; }

    public bool ExclusiveMaximum { get; set; }

    public double? MultipleOf { get; set; }

    public int MinLength { get; set; }

    public int MaxLength { get; set; } = int.MaxValue;

    public int MinItems { get; set; }

    public int MaxItems { get; set; } = int.MaxValue;

    public bool UniqueItems { get; set; }

    public int MinProperties { get; set; }

    public int MaxProperties { get; set; } = int.MaxValue;

    public ListKind ListKind { get; set; }

    public ImmutableArray<string> Keys { get; set; } = [];

    /// <summary>x-kubernetes-map-type: atomic.</summary>
    public bool AtomicMap { get; set; }

    public ImmutableArray<StructuralNode> AllOf { get; set; } = [];

    public ImmutableArray<StructuralNode> AnyOf { get; set; } = [];

    public ImmutableArray<StructuralNode> OneOf { get; set; } = [];

    public StructuralNode? Not { get; set; }

    /// <summary>Whether any of the combinations (allOf, anyOf, oneOf, not) is there.</summary>
    public bool Combines => AllOf.Length + AnyOf.Length + OneOf.Length > 0 || Not is not null;
}
