using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

/// <summary>Specs of Pods, of their own or in a template.</summary>
internal static class PodSpecRules
{
    public static void Default(JsonNode? spec)
    {
        foreach (string list in new[] { "containers", "initContainers" })
        {
            foreach (JsonObject container in ((spec as JsonObject)?[list] as JsonArray ?? []).OfType<JsonObject>())
            {
                string image = container["image"]?.ToString() ?? "";
                if (container["imagePullPolicy"] is null && image.Length > 0)
                {
                    container["imagePullPolicy"] = IsLatest(image) ? "Always" : "IfNotPresent";
                }

                if (container["resources"] is null)
                {
                    container["resources"] = new JsonObject();
                }
            }
        }
    }

    public static void Validate(JsonNode? spec, string path, List<FieldError> errors)
    {
        JsonArray containers = spec?["containers"] as JsonArray ?? [];
        if (containers.Count == 0)
        {
            errors.Add(FieldErrors.Required($"{path}.containers"));
        }

        for (int i = 0; i < containers.Count; i++)
        {
            string at = $"{path}.containers[{i}]";
            string name = containers[i]?["name"]?.ToString() ?? "";
            foreach (string problem in NameRule.Check(NameKind.Label, name))
            {
                errors.Add(FieldErrors.Invalid($"{at}.name", name, problem));
            }

            if ((containers[i]?["image"]?.ToString() ?? "").Length == 0)
            {
                errors.Add(FieldErrors.Required($"{at}.image"));
            }

            JsonArray ports = containers[i]?["ports"] as JsonArray ?? [];
            for (int j = 0; j < ports.Count; j++)
            {
                PortRules.ValidateNumber(ports[j]?["containerPort"], $"{at}.ports[{j}].containerPort", errors);
            }
        }
    }

    /// <summary>No tag, or the tag latest, and no digest.</summary>
    private static bool IsLatest(string image)
    {
        string last = image[(image.LastIndexOf('/') + 1)..];
        return !last.Contains('@', StringComparison.Ordinal)
            && (!last.Contains(':', StringComparison.Ordinal) || last.EndsWith(":latest", StringComparison.Ordinal));
    }
}
