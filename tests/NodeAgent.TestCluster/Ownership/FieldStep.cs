using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Ownership;

/// <summary>Steps into an object, as fieldsV1 writes them.</summary>
internal static class FieldStep
{
    public static string Field(string name) => "f:" + name;

    /// <summary>An item of a set.</summary>
    public static string Value(JsonNode? value) => "v:" + JsonText.Text(value);

    /// <summary>An item of a list with keys.</summary>
    public static string Item(JsonNode? item, ImmutableArray<string> keys)
    {
        var named = new JsonObject();
        foreach (string key in keys.Order(StringComparer.Ordinal))
        {
            if ((item as JsonObject)?[key] is { } value)
            {
                named[key] = value.DeepClone();
            }
            else if (key == "protocol")
            {
                // The one key that has a default, wherever it is a key.
                named[key] = "TCP";
            }
        }

        return "k:" + JsonText.Text(named);
    }

    /// <summary>As in messages: <c>.name</c>, <c>[name="a"]</c>, <c>[="a"]</c>.</summary>
    public static string Show(string step)
    {
        if (step.StartsWith("f:", StringComparison.Ordinal))
        {
            return "." + step[2..];
        }

        if (step.StartsWith("k:", StringComparison.Ordinal) && JsonText.Parse(Encoding.UTF8.GetBytes(step[2..])) is JsonObject keys)
        {
            return "[" + string.Join(",", keys.Select(k => $"{k.Key}={JsonText.Text(k.Value)}")) + "]";
        }

        return "[=" + step[2..] + "]";
    }
}
