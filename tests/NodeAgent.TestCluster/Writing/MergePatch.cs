using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Writing;

/// <summary>RFC 7386.</summary>
internal static class MergePatch
{
    /// <returns>A new tree; neither the target nor the patch is changed.</returns>
    public static JsonNode? Apply(JsonNode? target, JsonNode? patch)
    {
        if (patch is not JsonObject changes)
        {
            return patch?.DeepClone();
        }

        var made = new JsonObject();
        var old = target as JsonObject;
        if (old is not null)
        {
            foreach ((string name, JsonNode? value) in old)
            {
                if (!changes.ContainsKey(name))
                {
                    made[name] = value?.DeepClone();
                }
                else if (changes[name] is not null)
                {
                    made[name] = Apply(value, changes[name]);
                }
            }
        }

        foreach ((string name, JsonNode? value) in changes)
        {
            if (value is not null && old?.ContainsKey(name) is not true)
            {
                made[name] = Apply(null, value);
            }
        }

        return made;
    }
}
