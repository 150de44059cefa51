using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tables;

/// <summary>The columns that most kinds have.</summary>
internal static class CommonColumns
{
    public static TableColumn Name { get; } = new(
        "Name",
        "string",
        "name",
        "Name must be unique within a namespace. Is required when creating resources, although some resources may allow a client to request the generation of an appropriate name automatically.",
        0,
        item => item["metadata"]?["name"]?.DeepClone());

    public static TableColumn Age { get; } = new(
        "Age",
        "date",
        "",
        "CreationTimestamp is a timestamp representing the server time when this object was created.",
        0,
        item => item["metadata"]?["creationTimestamp"]?.DeepClone());

    /// <summary>A string of an object, empty when there is none.</summary>
    public static string Text(JsonNode? item, string field) =>
        item is JsonObject holder && holder[field] is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : "";
}
