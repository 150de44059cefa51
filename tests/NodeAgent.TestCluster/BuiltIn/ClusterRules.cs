using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

internal sealed class NamespaceRules : KindRules
{
    public override void Default(JsonObject item)
    {
        if (item["metadata"] is JsonObject metadata && Text(metadata, "name") is { Length: > 0 } name)
        {
            if (metadata["labels"] is not JsonObject labels)
            {
                metadata["labels"] = labels = [];
            }

            labels["kubernetes.io/metadata.name"] = name;
        }

        if (item["status"] is not JsonObject status)
        {
            item["status"] = status = [];
        }

        DefaultText(status, "phase", "Active");
    }
}

internal sealed class LeaseRules : KindRules
{
    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors)
    {
        JsonNode? spec = item["spec"];
        if (Number(spec, "leaseDurationSeconds") is <= 0)
        {
            errors.Add(FieldErrors.Invalid("spec.leaseDurationSeconds", spec!["leaseDurationSeconds"], "must be greater than 0"));
        }

        if (Number(spec, "leaseTransitions") is < 0)
        {
            errors.Add(FieldErrors.Invalid("spec.leaseTransitions", spec!["leaseTransitions"], "must be greater than or equal to 0"));
        }
    }
}

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

/// <summary>What a binding grants cannot become something else.</summary>
internal sealed class BindingRules : KindRules
{
    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors)
    {
        if (before is not null && !JsonNode.DeepEquals(before["roleRef"], item["roleRef"]))
        {
            errors.Add(FieldErrors.Invalid("roleRef", item["roleRef"], "cannot change roleRef"));
        }
    }
}
