using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

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
        switch (Text(item, "kind"))
        {
            case "Deployment":
                DefaultRolling(spec["strategy"], ("maxUnavailable", "25%"), ("maxSurge", "25%"));
                break;
            case "DaemonSet":
                DefaultRolling(spec["updateStrategy"], ("maxUnavailable", 1), ("maxSurge", 0));
                break;
            case "StatefulSet":
                DefaultRolling(spec["updateStrategy"], ("partition", 0));
                break;
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
            errors.Add(FieldErrors.Invalid("spec.selector", spec?["selector"], $"empty selector is invalid for {Text(item, "kind").ToLowerInvariant()}"));
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

    private static void DefaultRolling(JsonNode? holder, params (string Field, JsonNode Value)[] defaults)
    {
        if (holder is not JsonObject strategy || Text(strategy, "type") != "RollingUpdate")
        {
            return;
        }

        if (strategy["rollingUpdate"] is not JsonObject rolling)
        {
            strategy["rollingUpdate"] = rolling = [];
        }

        foreach ((string field, JsonNode value) in defaults)
        {
            rolling[field] ??= value;
        }
    }
}
