using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

internal sealed class LeaseRules : KindRules
{
    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors)
    {
        JsonNode? spec = item["spec"];
        MicroTime(spec, "acquireTime", "spec.acquireTime", errors);
        MicroTime(spec, "renewTime", "spec.renewTime", errors);
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
