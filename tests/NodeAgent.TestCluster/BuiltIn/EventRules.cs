using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

/// <summary>
/// Events of either group. Those with an eventTime say who reports them and what was done; those of events.k8s.io have to
/// have one, and do not change but for their series.
/// </summary>
internal sealed class EventRules(bool core) : KindRules
{
    private const int LongestWord = 128;
    private const int LongestNote = 1024;

    private static readonly string[] Deprecated = ["deprecatedFirstTimestamp", "deprecatedLastTimestamp", "deprecatedCount"];

    private static readonly string[] Fixed = ["regarding", "reason", "reportingController", "reportingInstance", "action", "eventTime", "type", "note", "related"];

    private string Controller => core ? "reportingComponent" : "reportingController";

    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors)
    {
        MicroTime(item, "eventTime", "eventTime", errors);
        MicroTime(item["series"], "lastObservedTime", "series.lastObservedTime", errors);
        bool timed = Text(item, "eventTime").Length > 0;
        ValidateNamespace(item, timed, errors);
        if (timed)
        {
            ValidateReporter(item, errors);
        }

        if (core)
        {
            return;
        }

        if (before is null)
        {
            ValidateNew(item, timed, errors);
        }
        else
        {
            foreach (string field in Fixed)
            {
                Unchanged(item[field], before[field], field, errors);
            }
        }

        ValidateSeries(item["series"], errors);
    }

    /// <summary>Events about objects of the cluster are in default.</summary>
    private void ValidateNamespace(JsonObject item, bool timed, List<FieldError> errors)
    {
        string own = Text(item["metadata"], "namespace");
        string about = Text(item[core ? "involvedObject" : "regarding"], "namespace");
        bool matches = about.Length > 0 ? timed || about == own : own == "default" || (timed && own == "kube-system");
        if (!matches)
        {
            errors.Add(FieldErrors.Invalid("involvedObject.namespace", about, "does not match event.namespace"));
        }
    }

    private void ValidateReporter(JsonObject item, List<FieldError> errors)
    {
        string controller = Text(item, Controller);
        if (controller.Length == 0)
        {
            errors.Add(FieldErrors.Required(Controller));
        }

        foreach (string problem in NameRule.CheckQualified(controller))
        {
            errors.Add(FieldErrors.Invalid(Controller, controller, problem));
        }

        foreach (string field in new[] { "reportingInstance", "action", "reason" })
        {
            string word = Text(item, field);
            if (word.Length == 0)
            {
                errors.Add(FieldErrors.Required(field));
            }
            else if (word.Length > LongestWord)
            {
                errors.Add(FieldErrors.Invalid(field, "", $"can have at most {LongestWord} characters"));
            }
        }

        if (Text(item, core ? "message" : "note").Length > LongestNote)
        {
            errors.Add(FieldErrors.Invalid("message", "", $"can have at most {LongestNote} characters"));
        }
    }

    private static void ValidateNew(JsonObject item, bool timed, List<FieldError> errors)
    {
        if (!timed)
        {
            errors.Add(FieldErrors.Required("eventTime"));
        }

        string type = Text(item, "type");
        if (type is not ("Normal" or "Warning"))
        {
            errors.Add(FieldErrors.Invalid("type", "", $"has invalid value: {type}"));
        }

        foreach (string field in Deprecated)
        {
            if (item[field] is { } value && Number(item, field) != 0)
            {
                errors.Add(FieldErrors.Invalid(field, value, "needs to be unset"));
            }
        }
    }

    private static void ValidateSeries(JsonNode? series, List<FieldError> errors)
    {
        if (series is null)
        {
            return;
        }

        if (Number(series, "count") is null or < 2)
        {
            errors.Add(FieldErrors.Invalid("series.count", "", "should be at least 2"));
        }

        if (Text(series, "lastObservedTime").Length == 0)
        {
            errors.Add(FieldErrors.Required("series.lastObservedTime"));
        }
    }
}
