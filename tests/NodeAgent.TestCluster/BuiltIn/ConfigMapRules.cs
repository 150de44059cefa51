using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

internal sealed class ConfigMapRules : DataRules
{
    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors)
    {
        ValidateKeys(item["data"], "data", errors);
        ValidateKeys(item["binaryData"], "binaryData", errors);
        foreach ((string key, JsonNode? _) in item["binaryData"] as JsonObject ?? [])
        {
            if (item["data"]?[key] is not null)
            {
                errors.Add(FieldErrors.Invalid($"data[{key}]", key, "duplicate of key present in binaryData"));
            }
        }

        if (Bytes(item["data"], encoded: false) + Bytes(item["binaryData"], encoded: true) > MostBytes)
        {
            errors.Add(FieldErrors.TooLong("", MostBytes));
        }

        ValidateImmutable(item, before, ["data", "binaryData"], errors);
    }
}
