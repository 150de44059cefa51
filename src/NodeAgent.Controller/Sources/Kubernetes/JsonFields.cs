using System.Text.Json;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>Fields of objects that may be of any shape.</summary>
internal static class JsonFields
{
    /// <returns>Empty where there is no such text.</returns>
    public static string TextOf(this JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(field, out JsonElement found) && found.ValueKind == JsonValueKind.String
            ? found.GetString()!
            : "";

    public static JsonElement ObjectOf(this JsonElement value, string field) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(field, out JsonElement found) && found.ValueKind == JsonValueKind.Object
            ? found
            : default;
}
