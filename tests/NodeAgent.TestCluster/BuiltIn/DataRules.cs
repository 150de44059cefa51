using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

/// <summary>Keys and sizes of Secrets and ConfigMaps.</summary>
internal abstract partial class DataRules : KindRules
{
    /// <summary>All values together, of either kind.</summary>
    protected const int MostBytes = 1024 * 1024;

    private const string KeyText = "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')";

    protected static void ValidateKeys(JsonNode? data, string path, List<FieldError> errors)
    {
        foreach ((string key, JsonNode? _) in data as JsonObject ?? [])
        {
            string? problem = key.Length > 253 ? "must be no more than 253 characters"
                : !Key().IsMatch(key) ? KeyText
                : key is "." or ".." ? $"must not be '{key}'"
                : key.StartsWith("..", StringComparison.Ordinal) ? "must not start with '..'"
                : null;
            if (problem is not null)
            {
                errors.Add(FieldErrors.Invalid($"{path}[{key}]", key, problem));
            }
        }
    }

    /// <summary>Once immutable is set, it stays, and so does the data.</summary>
    protected static void ValidateImmutable(JsonObject item, JsonObject? before, string[] fields, List<FieldError> errors)
    {
        const string Immutable = "field is immutable when `immutable` is set";
        if (!Flag(before, "immutable"))
        {
            return;
        }

        if (!Flag(item, "immutable"))
        {
            errors.Add(FieldErrors.Forbidden("immutable", Immutable));
        }

        foreach (string field in fields)
        {
            if (!JsonNode.DeepEquals(item[field] ?? new JsonObject(), before![field] ?? new JsonObject()))
            {
                errors.Add(FieldErrors.Forbidden(field, Immutable));
            }
        }
    }

    protected static long Bytes(JsonNode? data, bool encoded) =>
        (data as JsonObject ?? []).Sum(pair => pair.Value?.ToString() is { } text
            ? encoded ? Convert.FromBase64String(text).LongLength : Encoding.UTF8.GetByteCount(text)
            : 0L);

    [GeneratedRegex(@"^[-._a-zA-Z0-9]+\z")]
    private static partial Regex Key();
}

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
