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

internal sealed class PodRules : KindRules
{
    public override void Default(JsonObject item) => PodSpecRules.Default(item["spec"]);

    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors) => PodSpecRules.Validate(item["spec"], "spec", errors);
}

/// <summary>Deployments and their like: a selector, and a template that it selects.</summary>
internal sealed class WorkloadRules : KindRules
{
    public override void Default(JsonObject item)
    {
        if (item["spec"] is not JsonObject spec)
        {
            return;
        }

        PodSpecRules.Default(spec["template"]?["spec"]);
        if (spec["strategy"] is JsonObject strategy && Text(strategy, "type") == "RollingUpdate")
        {
            if (strategy["rollingUpdate"] is not JsonObject rolling)
            {
                strategy["rollingUpdate"] = rolling = [];
            }

            rolling["maxUnavailable"] ??= "25%";
            rolling["maxSurge"] ??= "25%";
        }
    }

    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors)
    {
        JsonNode? spec = item["spec"];
        if (Number(spec, "replicas") is < 0)
        {
            errors.Add(FieldErrors.Invalid("spec.replicas", spec!["replicas"], "must be greater than or equal to 0"));
        }

        JsonObject labels = spec?["template"]?["metadata"]?["labels"] as JsonObject ?? [];
        JsonObject selector = spec?["selector"]?["matchLabels"] as JsonObject ?? [];
        if (selector.Count == 0 && List(spec?["selector"], "matchExpressions").Count == 0)
        {
            errors.Add(FieldErrors.Invalid("spec.selector", spec?["selector"], "empty selector is invalid for deployment"));
        }
        else if (selector.Any(pair => !JsonNode.DeepEquals(labels[pair.Key], pair.Value)))
        {
            string shown = string.Join(", ", labels.Select(pair => $"{FieldErrors.Quote(pair.Key)}:{FieldErrors.Show(pair.Value)}"));
            errors.Add(new FieldError(
                "FieldValueInvalid", "spec.template.metadata.labels", $"Invalid value: map[string]string{{{shown}}}: `selector` does not match template `labels`"));
        }

        ObjectMetaRules.ValidateLabels(labels, "spec.template.metadata.labels", errors);
        PodSpecRules.Validate(spec?["template"]?["spec"], "spec.template.spec", errors);
        string restart = Text(spec?["template"]?["spec"], "restartPolicy");
        if (restart is "OnFailure" or "Never")
        {
            errors.Add(FieldErrors.NotSupported("spec.template.spec.restartPolicy", restart, "Always"));
        }

        if (before?["spec"] is { } old)
        {
            Unchanged(spec?["selector"], old["selector"], "spec.selector", errors);
        }
    }
}
