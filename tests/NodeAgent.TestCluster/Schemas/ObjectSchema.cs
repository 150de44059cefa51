using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>What objects of one version of one kind may look like.</summary>
public abstract class ObjectSchema
{
    /// <summary>The shape, as deep as it is known: for merging lists by key, and for field ownership.</summary>
    public abstract SchemaNode Root { get; }

    /// <summary>Adds what the kind's defaults say, in place.</summary>
    public abstract void Default(JsonObject item);

    /// <summary>Removes what no field of the kind is, in place.</summary>
    /// <returns>Paths of what was removed, as in <c>spec.foo</c> or <c>spec.rules[0].bar</c>.</returns>
    public abstract IReadOnlyList<string> Prune(JsonObject item);

    /// <param name="before">What it was; null when it is created.</param>
    /// <returns>What the server's own validation refuses; empty when nothing.</returns>
    public abstract IReadOnlyList<FieldError> Validate(JsonObject item, JsonObject? before);

    /// <summary>The schema as OpenAPI v3 (components.schemas entry), with x-kubernetes-group-version-kind.</summary>
    public abstract JsonObject ToOpenApi();
}

/// <param name="Kind">As in causes of an API Status: FieldValueInvalid, FieldValueRequired, FieldValueNotSupported, FieldValueForbidden, FieldValueTypeInvalid, FieldValueTooLong, FieldValueTooMany, FieldValueDuplicate.</param>
/// <param name="Path"><c>spec.rules[0].matches</c>.</param>
/// <param name="Message">As kubectl shows it after the path: <c>Invalid value: "x": ...</c>.</param>
public sealed record FieldError(string Kind, string Path, string Message);
