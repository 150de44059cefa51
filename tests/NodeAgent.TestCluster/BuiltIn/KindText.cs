using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.BuiltIn;

/// <summary>
/// Reads tables of kinds, one field a line, fields of fields two spaces deeper:
/// <code>
/// kind Lease coordination.k8s.io/v1 plural=leases -- What it is.
///   spec object
///     holderIdentity string -- Who holds it.
///     ports list of object by port,protocol
///       port* int32 min=1
///     template @PodTemplate
/// </code>
/// A kind may have a <c>status</c>, a <c>generation</c> and a <c>scale</c>; it may be <c>versioned</c> (a PUT must say which version it replaces) or <c>puttable</c> (a PUT creates what is not there).
/// A star says required. Types: string, int32, int64, bool, number, intOrString, quantity, time, microtime, bytes, any,
/// object, @Shape, and `list of T`, `set of T`, `map of T`. A shape is declared as a kind is, and copied where it is named.
/// </summary>
internal sealed class KindText
{
    private readonly Dictionary<string, JsonObject> _shapes = new(StringComparer.Ordinal);
    private readonly List<KindDeclaration> _kinds = [];

    public IReadOnlyList<KindDeclaration> Kinds => _kinds;

    public JsonObject Shape(string name) => (JsonObject)_shapes[name].DeepClone();

    public void Read(string text)
    {
        List<(int Indent, JsonObject Schema)> open = [];
        foreach (string raw in text.Split('\n'))
        {
            string line = raw.TrimEnd();
            string content = line.TrimStart();
            if (content.Length == 0 || content[0] == '#')
            {
                continue;
            }

            int comment = content.IndexOf(" -- ", StringComparison.Ordinal);
            string description = comment < 0 ? "" : content[(comment + 4)..];
            string[] words = (comment < 0 ? content : content[..comment]).Split(' ', StringSplitOptions.RemoveEmptyEntries);
            int indent = line.Length - content.Length;
            if (indent == 0)
            {
                open = [(0, Declare(words, description))];
                continue;
            }

            open.RemoveAll(scope => scope.Indent >= indent);
            open.Add((indent, AddField(open[^1].Schema, words, description)));
        }
    }

    private JsonObject Declare(string[] words, string description)
    {
        JsonObject schema = new() { ["type"] = "object" };
        if (description.Length > 0)
        {
            schema["description"] = description;
        }

        if (words[0] == "shape")
        {
            _shapes[words[1]] = schema;
        }
        else
        {
            _kinds.Add(new KindDeclaration(words[1], words[2], [.. words[3..]], schema));
        }

        if (words.Contains("open"))
        {
            schema["x-kubernetes-preserve-unknown-fields"] = true;
        }

        return schema;
    }

    /// <returns>The schema that fields below go into.</returns>
    private JsonObject AddField(JsonObject parent, string[] words, string description)
    {
        string name = words[0].TrimEnd('*');
        if (words[0].EndsWith('*'))
        {
            if (parent["required"] is not JsonArray required)
            {
                parent["required"] = required = [];
            }

            required.Add(name);
        }

        if (parent["properties"] is not JsonObject properties)
        {
            parent["properties"] = properties = [];
        }

        int read = 1;
        JsonObject schema = TypeOf(words, ref read, out JsonObject inner);
        foreach (string option in words[read..])
        {
            Apply(option, option == "open" ? inner : schema);
        }

        if (description.Length > 0)
        {
            schema["description"] = description;
        }

        properties[name] = schema;
        return inner;
    }

    private JsonObject TypeOf(string[] words, ref int read, out JsonObject inner)
    {
        string type = words[read++];
        if (type is not ("list" or "set" or "map"))
        {
            inner = type[0] == '@' ? Shape(type[1..]) : Simple(type);
            return inner;
        }

        // The word after it is `of`.
        read++;
        JsonObject of = TypeOf(words, ref read, out inner);
        JsonObject schema = new() { ["type"] = type == "map" ? "object" : "array", [type == "map" ? "additionalProperties" : "items"] = of };
        if (type == "set")
        {
            schema["x-kubernetes-list-type"] = "set";
            schema["x-kubernetes-patch-strategy"] = "merge";
        }
        else if (type == "list")
        {
            string[] keys = read + 1 < words.Length && words[read] == "by" ? words[read + 1].Split(',') : [];
            read += keys.Length > 0 ? 2 : 0;
            schema["x-kubernetes-list-type"] = keys.Length > 0 ? "map" : "atomic";
            if (keys.Length > 0)
            {
                schema["x-kubernetes-list-map-keys"] = new JsonArray([.. keys.Select(key => (JsonNode)key)]);
                schema["x-kubernetes-patch-merge-key"] = keys[0];
                schema["x-kubernetes-patch-strategy"] = "merge";
            }
        }

        return schema;
    }

    private static JsonObject Simple(string type) => type switch
    {
        "string" => new() { ["type"] = "string" },
        "int32" or "int64" => new() { ["type"] = "integer", ["format"] = type },
        "bool" => new() { ["type"] = "boolean" },
        "number" => new() { ["type"] = "number" },
        "intOrString" => new() { ["x-kubernetes-int-or-string"] = true, ["format"] = "int-or-string" },
        "quantity" => new() { ["oneOf"] = new JsonArray(new JsonObject { ["type"] = "string" }, new JsonObject { ["type"] = "number" }) },
        "time" => new() { ["type"] = "string", ["format"] = "date-time" },
        "microtime" => new() { ["type"] = "string", ["format"] = "date-time" },
        "bytes" => new() { ["type"] = "string", ["format"] = "byte" },
        "object" => new() { ["type"] = "object" },
        "any" => new() { ["x-kubernetes-preserve-unknown-fields"] = true },
        _ => throw new ArgumentException($"no type is named {type}", nameof(type)),
    };

    private static void Apply(string option, JsonObject schema)
    {
        int equals = option.IndexOf('=', StringComparison.Ordinal);
        string value = option[(equals + 1)..];
        switch (equals < 0 ? option : option[..equals])
        {
            case "open":
                schema["x-kubernetes-preserve-unknown-fields"] = true;
                break;
            case "atomic":
                schema["x-kubernetes-map-type"] = "atomic";
                break;
            case "default":
                schema["default"] = schema["type"]?.GetValue<string>() switch
                {
                    "integer" => long.Parse(value, CultureInfo.InvariantCulture),
                    "boolean" => value == "true",
                    "object" => new JsonObject(),
                    _ => value,
                };
                break;
            case "enum":
                schema["enum"] = new JsonArray([.. value.Split(',').Select(item => (JsonNode)item)]);
                break;
            case "min":
                schema["minimum"] = long.Parse(value, CultureInfo.InvariantCulture);
                break;
            case "retainKeys":
                schema["x-kubernetes-patch-strategy"] = "merge,retainKeys";
                break;
            default:
                throw new ArgumentException($"no option is named {option}", nameof(option));
        }
    }
}
