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
