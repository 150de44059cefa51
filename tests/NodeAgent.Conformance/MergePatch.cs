using System.Text.Json.Nodes;

namespace NodeAgent.Conformance;

/// <summary>JSON merge patches (RFC 7396): a null takes a field away, a list replaces a list.</summary>
public static class MergePatch
{
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject fields)
        {
            return patch?.DeepClone();
        }

        JsonObject result = target as JsonObject ?? [];
        foreach ((string name, JsonNode? value) in fields)
        {
            if (value is null)
            {
                result.Remove(name);
                continue;
            }

            JsonNode? before = result[name];
            result.Remove(name);
            result[name] = Apply(before, value);
        }

        return result;
    }
}
