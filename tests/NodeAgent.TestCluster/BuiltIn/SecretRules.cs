using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

internal sealed class SecretRules : DataRules
{
    public override void Default(JsonObject item)
    {
        DefaultText(item, "type", "Opaque");
        if (item["stringData"] is not JsonObject plain)
        {
            return;
        }

        if (item["data"] is not JsonObject data)
        {
            item["data"] = data = [];
        }

        foreach ((string key, JsonNode? value) in plain)
        {
            data[key] = Convert.ToBase64String(Encoding.UTF8.GetBytes(value?.ToString() ?? ""));
        }

        item.Remove("stringData");
    }

    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors)
    {
        ValidateKeys(item["data"], "data", errors);
        if (Bytes(item["data"], encoded: true) > MostBytes)
        {
            errors.Add(FieldErrors.TooLong("data", MostBytes));
        }

        string type = Text(item, "type");
        string[] keys = type switch
        {
            "kubernetes.io/tls" => ["tls.crt", "tls.key"],
            "kubernetes.io/dockerconfigjson" => [".dockerconfigjson"],
            "kubernetes.io/dockercfg" => [".dockercfg"],
            "kubernetes.io/ssh-auth" => ["ssh-privatekey"],
            _ => [],
        };
        foreach (string key in keys)
        {
            if (item["data"]?[key] is null)
            {
                errors.Add(FieldErrors.Required($"data[{key}]"));
            }
        }

        if (type == "kubernetes.io/service-account-token" && Text(item["metadata"]?["annotations"], "kubernetes.io/service-account.name").Length == 0)
        {
            errors.Add(FieldErrors.Required("metadata.annotations[kubernetes.io/service-account.name]"));
        }

        if (before is not null && Text(before, "type") != type)
        {
            errors.Add(FieldErrors.Invalid("type", type, "field is immutable"));
        }

        ValidateImmutable(item, before, ["data"], errors);
    }
}
