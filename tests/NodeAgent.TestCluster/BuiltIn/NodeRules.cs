using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

internal sealed class NodeRules : KindRules
{
    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors)
    {
        HashSet<string> taints = new(StringComparer.Ordinal);
        JsonArray list = List(item["spec"], "taints");
        for (int i = 0; i < list.Count; i++)
        {
            string key = Text(list[i], "key");
            foreach (string problem in NameRule.CheckQualified(key))
            {
                errors.Add(FieldErrors.Invalid($"spec.taints[{i}].key", key, problem));
            }

            if (!taints.Add($"{key}:{Text(list[i], "effect")}"))
            {
                errors.Add(FieldErrors.Duplicate($"spec.taints[{i}]", list[i]));
            }
        }

        foreach (string field in new[] { "podCIDR", "providerID" })
        {
            string then = Text(before?["spec"], field);
            if (then.Length > 0 && Text(item["spec"], field) != then)
            {
                errors.Add(FieldErrors.Forbidden($"spec.{field}", $"node updates may not change {field} except from \"\" to valid"));
            }
        }
    }
}
