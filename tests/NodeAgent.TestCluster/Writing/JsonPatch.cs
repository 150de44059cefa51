using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Writing;

/// <summary>RFC 6902.</summary>
internal static class JsonPatch
{
    /// <summary>Most operations of a patch.</summary>
    private const int Most = 10_000;

    /// <returns>A new tree; the target is not changed.</returns>
    /// <exception cref="ApiRefusal">The patch cannot be read, or does not fit the object.</exception>
    public static JsonObject Apply(JsonObject target, JsonArray patch)
    {
        if (patch.Count > Most)
        {
            throw new ApiRefusal(413, "RequestEntityTooLarge", $"Request entity too large: The allowed maximum operations in a JSON patch is {Most}, got {patch.Count}");
        }

        JsonNode? root = target.DeepClone();
        foreach (JsonNode? operation in patch)
        {
            Step(ref root, operation);
        }

        return root as JsonObject ?? throw Unprocessable("the patched document is no object");
    }

    private static void Step(ref JsonNode? root, JsonNode? operation)
    {
        string path = operation.Text("path") ?? throw Refusals.BadRequest("a JSON patch operation has no path");
        string op = operation.Text("op") ?? "";
        switch (op)
        {
            case "add":
                Add(ref root, path, (operation as JsonObject)?["value"]?.DeepClone());
                break;
            case "remove":
                Remove(ref root, path);
                break;
            case "replace":
                if (!TryFind(root, path, out _))
                {
                    throw Unprocessable($"replace operation does not apply: doc is missing key: {path}: missing value");
                }

                Remove(ref root, path);
                Add(ref root, path, (operation as JsonObject)?["value"]?.DeepClone());
                break;
            case "move" or "copy":
                string from = operation.Text("from") ?? "";
                if (!TryFind(root, from, out JsonNode? moved))
                {
                    throw Unprocessable($"{op} operation does not apply: doc is missing from path: {from}: missing value");
                }

                moved = moved?.DeepClone();
                if (op == "move")
                {
                    Remove(ref root, from);
                }

                Add(ref root, path, moved);
                break;
            case "test":
                TryFind(root, path, out JsonNode? present);
                if (!JsonFields.Same(present, (operation as JsonObject)?["value"]))
                {
                    throw Unprocessable($"testing value {path} failed: test failed");
                }

                break;
            default:
                throw Refusals.BadRequest($"Unexpected kind: {op}");
        }
    }

    private static void Add(ref JsonNode? root, string path, JsonNode? value)
    {
        if (path.Length == 0)
        {
            root = value;
            return;
        }

        (JsonNode? parent, string last) = Parent(root, path, "add");
        switch (parent)
        {
            case JsonObject item:
                item[last] = value;
                break;
            case JsonArray list:
                int at = last == "-" ? list.Count : Index(last);
                if (at < 0 || at > list.Count)
                {
                    throw Unprocessable($"add operation does not apply: doc is missing path: {path}: Unable to access invalid index: {last}: invalid index referenced");
                }

                list.Insert(at, value);
                break;
            default:
                throw Unprocessable($"add operation does not apply: doc is missing path: {path}: missing value");
        }
    }

    private static void Remove(ref JsonNode? root, string path)
    {
        if (path.Length == 0)
        {
            root = null;
            return;
        }

        (JsonNode? parent, string last) = Parent(root, path, "remove");
        bool removed = parent switch
        {
            JsonObject item => item.Remove(last),
            JsonArray list => RemoveAt(list, Index(last)),
            _ => false,
        };
        if (!removed)
        {
            throw Unprocessable($"remove operation does not apply: doc is missing path: {path}: missing value");
        }
    }

    private static bool RemoveAt(JsonArray list, int at)
    {
        if (at < 0 || at >= list.Count)
        {
            return false;
        }

        list.RemoveAt(at);
        return true;
    }

    private static (JsonNode? Parent, string Last) Parent(JsonNode? root, string path, string op)
    {
        int slash = path.LastIndexOf('/');
        return slash >= 0 && TryFind(root, path[..slash], out JsonNode? parent)
            ? (parent, Unescape(path[(slash + 1)..]))
            : throw Unprocessable($"{op} operation does not apply: doc is missing path: \"{path}\": missing value");
    }

    private static bool TryFind(JsonNode? root, string path, out JsonNode? found)
    {
        found = root;
        foreach (string part in path.Length == 0 ? [] : path[1..].Split('/'))
        {
            string name = Unescape(part);
            switch (found)
            {
                case JsonObject item when item.TryGetPropertyValue(name, out JsonNode? value):
                    found = value;
                    break;
                case JsonArray list when Index(name) is >= 0 and var at && at < list.Count:
                    found = list[at];
                    break;
                default:
                    found = null;
                    return false;
            }
        }

        return true;
    }

    private static int Index(string text) => int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int at) ? at : -1;

    private static string Unescape(string part) => part.Replace("~1", "/", StringComparison.Ordinal).Replace("~0", "~", StringComparison.Ordinal);

    private static ApiRefusal Unprocessable(string message) => new(422, "Invalid", "the server rejected our request due to an error in our request", new JsonObject
    {
        ["causes"] = new JsonArray(new JsonObject { ["reason"] = "UnexpectedServerResponse", ["message"] = message }),
    });
}
