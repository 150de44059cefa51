using System.Collections.Immutable;
using System.Text.Json;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>
/// Reads definitions of whatever release. They come from an API server that has judged them, so what is not
/// understood is passed over, not reported.
/// </summary>
internal static class CustomResourceDefinitionDecoder
{
    /// <summary>The version whose schema counts, where several are served.</summary>
    private static readonly string[] Preferred = ["v1", "v1beta1", "v1alpha3", "v1alpha2", "v1alpha1"];

    public static CustomResourceDefinition Read(FieldReader document, ObjectMeta meta)
    {
        JsonElement annotations = Get(document.Raw("metadata") ?? default, "annotations");
        JsonElement spec = document.Raw("spec") ?? default;
        JsonElement[] served = [.. Items(Get(spec, "versions")).Where(v => Get(v, "served").ValueKind == JsonValueKind.True)];
        JsonElement chosen = served
            .OrderBy(v => Array.IndexOf(Preferred, Text(v, "name") ?? "") is int place and >= 0 ? place : Preferred.Length)
            .FirstOrDefault();
        JsonElement schema = Get(Get(chosen, "schema"), "openAPIV3Schema");
        return new CustomResourceDefinition(
            meta,
            Text(spec, "group") ?? "",
            Text(annotations, "gateway.networking.k8s.io/bundle-version"),
            Text(annotations, "gateway.networking.k8s.io/channel"),
            [.. served.Select(v => Text(v, "name")).OfType<string>().Order(StringComparer.Ordinal)],
            [.. SupportedFeatures.FieldsOf(meta.Name).Where(f => Has(schema, f))]);
    }

    /// <param name="field">See <see cref="Feature.Field"/>.</param>
    private static bool Has(JsonElement schema, string field)
    {
        string path = field.TrimEnd('?');
        string? choice = path.IndexOf('=', StringComparison.Ordinal) is int sign and >= 0 ? path[(sign + 1)..] : null;
        JsonElement holder = default;
        string name = "";
        foreach (string step in (choice is null ? path : path[..^(choice.Length + 1)]).Split('.'))
        {
            holder = schema;
            name = step.Replace("[]", "", StringComparison.Ordinal);
            schema = Get(Get(schema, "properties"), name);
            schema = step.EndsWith("[]", StringComparison.Ordinal) ? Get(schema, "items") : schema;
        }

        if (schema.ValueKind != JsonValueKind.Object)
        {
            return false;
        }

        if (field.EndsWith('?') && Items(Get(holder, "required")).Any(r => r.ValueKind == JsonValueKind.String && r.GetString() == name))
        {
            return false;
        }

        return choice is null || Items(Get(schema, "enum")).Any(c => c.ToString() == choice);
    }

    private static JsonElement Get(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    private static string? Text(JsonElement element, string name) =>
        Get(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    private static JsonElement.ArrayEnumerator Items(JsonElement element) =>
        element.ValueKind == JsonValueKind.Array ? element.EnumerateArray() : default;
}
