using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

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
