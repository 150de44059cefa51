using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

internal sealed class PodRules : KindRules
{
    public override void Default(JsonObject item) => PodSpecRules.Default(item["spec"]);

    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors) => PodSpecRules.Validate(item["spec"], "spec", errors);
}
