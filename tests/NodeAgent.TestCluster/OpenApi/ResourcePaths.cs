using System.Text.Json.Nodes;
using NodeAgent.TestCluster.BuiltIn;

namespace NodeAgent.TestCluster.OpenApi;

/// <summary>Paths of a kind and what may be done there.</summary>
internal static class ResourcePaths
{
    private static readonly string[] ListParameters =
        ["allowWatchBookmarks", "continue", "fieldSelector", "labelSelector", "limit", "resourceVersion", "resourceVersionMatch", "sendInitialEvents", "timeoutSeconds", "watch"];

    private static readonly string[] WriteParameters = ["dryRun", "fieldManager", "fieldValidation"];

    private static readonly string[] DeleteParameters = ["dryRun", "gracePeriodSeconds", "orphanDependents", "propagationPolicy"];

    public static void Add(JsonObject paths, ServedKind kind)
    {
        string root = kind.Group.Length == 0 ? $"/api/{kind.Version}" : $"/apis/{kind.Group}/{kind.Version}";
        string collection = kind.Namespaced ? $"{root}/namespaces/{{namespace}}/{kind.Plural}" : $"{root}/{kind.Plural}";
        paths[collection] = new JsonObject
        {
            ["get"] = Operation(kind, "list", ListParameters, answers: "List"),
            ["post"] = Operation(kind, "post", WriteParameters, body: Body(kind)),
            ["delete"] = Operation(kind, "deletecollection", [.. ListParameters, .. DeleteParameters], answers: "Status"),
            ["parameters"] = PathParameters(kind, named: false),
        };
        AddOne(paths, kind, $"{collection}/{{name}}", deletable: true);
        if (kind.HasStatus)
        {
            AddOne(paths, kind, $"{collection}/{{name}}/status", deletable: false);
        }

        if (kind.Namespaced)
        {
            paths[$"{root}/{kind.Plural}"] = new JsonObject
            {
                ["get"] = Operation(kind, "list", ListParameters, answers: "List"),
                ["parameters"] = new JsonArray(Parameter("pretty", "query")),
            };
        }
    }

    private static void AddOne(JsonObject paths, ServedKind kind, string path, bool deletable)
    {
        JsonObject item = new()
        {
            ["get"] = Operation(kind, "get", ["resourceVersion"]),
            ["put"] = Operation(kind, "put", WriteParameters, body: Body(kind)),
            ["patch"] = Operation(kind, "patch", [.. WriteParameters, "force"], body: PatchBody(kind)),
            ["parameters"] = PathParameters(kind, named: true),
        };
        if (deletable)
        {
            item["delete"] = Operation(kind, "delete", DeleteParameters, answers: "Status", body: Content(OpenApiDocument.MetaReference("DeleteOptions"), "*/*"));
        }

        paths[path] = item;
    }

    /// <param name="answers">Empty for the object itself, List, or Status.</param>
    private static JsonObject Operation(ServedKind kind, string action, string[] parameters, string answers = "", JsonObject? body = null)
    {
        JsonObject answer = answers == "Status" ? OpenApiDocument.MetaReference("Status") : OpenApiDocument.Reference(OpenApiDocument.SchemaName(kind) + answers);
        JsonObject ok = Content(answer, "application/json", "application/yaml");
        ok["description"] = "OK";
        JsonObject operation = new()
        {
            ["description"] = $"{action} {kind.Plural}",
            ["operationId"] = $"{action}{kind.Version}{kind.Kind}",
            ["parameters"] = new JsonArray([.. parameters.Select(name => (JsonNode)Parameter(name, "query"))]),
            ["responses"] = new JsonObject { ["200"] = ok, ["401"] = new JsonObject { ["description"] = "Unauthorized" } },
            ["tags"] = new JsonArray(kind.Group.Length == 0 ? $"core_{kind.Version}" : $"{kind.Group.Split('.')[0]}_{kind.Version}"),
            ["x-kubernetes-action"] = action,
            ["x-kubernetes-group-version-kind"] = new JsonObject { ["group"] = kind.Group, ["kind"] = kind.Kind, ["version"] = kind.Version },
        };
        if (body is not null)
        {
            operation["requestBody"] = body;
        }

        return operation;
    }

    private static JsonObject Body(ServedKind kind)
    {
        JsonObject body = Content(OpenApiDocument.Reference(OpenApiDocument.SchemaName(kind)), "*/*");
        body["required"] = true;
        return body;
    }

    /// <summary>
    /// Strategic merge is for built-in kinds alone; kubectl falls back to a JSON merge patch where it is not named. It is not
    /// named for definitions: kubectl would look up every field of the schemas in them, which have no schema here.
    /// </summary>
    private static JsonObject PatchBody(ServedKind kind)
    {
        List<string> types = ["application/apply-patch+yaml", "application/json-patch+json", "application/merge-patch+json"];
        if (kind.Kind != "CustomResourceDefinition" && BuiltInKinds.Includes(kind.Group, kind.Version, kind.Kind))
        {
            types.Add("application/strategic-merge-patch+json");
        }

        JsonObject body = Content(OpenApiDocument.MetaReference("Patch"), [.. types]);
        body["required"] = true;
        return body;
    }

    private static JsonObject Content(JsonObject schema, params string[] types)
    {
        JsonObject content = [];
        foreach (string type in types)
        {
            content[type] = new JsonObject { ["schema"] = schema.DeepClone() };
        }

        return new JsonObject { ["content"] = content };
    }

    private static JsonArray PathParameters(ServedKind kind, bool named)
    {
        JsonArray parameters = [];
        if (named)
        {
            parameters.Add(Parameter("name", "path"));
        }

        if (kind.Namespaced)
        {
            parameters.Add(Parameter("namespace", "path"));
        }

        parameters.Add(Parameter("pretty", "query"));
        return parameters;
    }

    private static JsonObject Parameter(string name, string place)
    {
        JsonObject parameter = new()
        {
            ["name"] = name,
            ["in"] = place,
            ["schema"] = new JsonObject
            {
                ["type"] = name switch
                {
                    "allowWatchBookmarks" or "force" or "orphanDependents" or "sendInitialEvents" or "watch" => "boolean",
                    "gracePeriodSeconds" or "limit" or "timeoutSeconds" => "integer",
                    _ => "string",
                },
                ["uniqueItems"] = true,
            },
        };
        if (place == "path")
        {
            parameter["required"] = true;
        }

        return parameter;
    }
}
