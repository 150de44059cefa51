using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Snapshot;
using NodeAgent.Translator;

namespace NodeAgent.Controller;

/// <summary>Adds lastTransitionTime to every condition: the time at which its status last changed.</summary>
public sealed class ConditionClock
{
    private const string Field = "lastTransitionTime";

    private ImmutableArray<ObjectStatus> _sources = [];
    private ImmutableArray<ObjectStatus> _stamped = [];

    /// <param name="statuses">All there are: what is missing is forgotten. What is the same object as the time before is not read.</param>
    public ImmutableArray<ObjectStatus> Stamp(ImmutableArray<ObjectStatus> statuses, DateTimeOffset now)
    {
        ReferenceDiff diff = ReferenceDiff.Between(_sources.AsSpan(), statuses.AsSpan());
        var changed = new Dictionary<(string, string, string, string), int>();
        foreach (int gone in diff.Gone)
        {
            changed[KeyOf(_sources[gone])] = gone;
        }

        string time = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var stamped = ImmutableArray.CreateBuilder<ObjectStatus>(statuses.Length);
        (int nextGone, int nextCame, int old) = (0, 0, 0);
        for (int i = 0; i < statuses.Length; i++)
        {
            if (nextCame < diff.Came.Count && diff.Came[nextCame] == i)
            {
                nextCame++;
                stamped.Add(
                    !changed.TryGetValue(KeyOf(statuses[i]), out int known) ? New(statuses[i], time)
                    : ReferenceEquals(_sources[known], statuses[i]) ? _stamped[known]
                    : WithTimes(statuses[i], _stamped[known].Status, time));
                continue;
            }

            while (nextGone < diff.Gone.Count && diff.Gone[nextGone] == old)
            {
                (nextGone, old) = (nextGone + 1, old + 1);
            }

            stamped.Add(_stamped[old++]);
        }

        (_sources, _stamped) = (statuses, stamped.MoveToImmutable());
        return _stamped;
    }

    private static (string ApiVersion, string Kind, string Namespace, string Name) KeyOf(ObjectStatus status) =>
        (status.ApiVersion, status.Kind, status.Namespace, status.Name);

    /// <summary>Of all its conditions the status is new; they are written out when somebody looks.</summary>
    private static ObjectStatus New(ObjectStatus status, string now) => status.With(() =>
    {
        var copy = (JsonObject)status.Status.DeepClone();
        Visit(copy, "", (_, condition) => condition[Field] = now);
        return copy;
    });

    private static ObjectStatus WithTimes(ObjectStatus status, JsonObject before, string now)
    {
        var known = new Dictionary<string, (string Status, string Time)>(StringComparer.Ordinal);
        Visit(before, "", (path, condition) => known[path] = (Text(condition, "status"), Text(condition, Field)));
        var copy = (JsonObject)status.Status.DeepClone();
        Visit(copy, "", (path, condition) =>
        {
            bool same = known.TryGetValue(path, out (string Status, string Time) last) && last.Status == Text(condition, "status");
            condition[Field] = same ? last.Time : now;
        });
        return status.With(copy);
    }

    /// <summary>Every condition with a path that names its owner by what it is, not by its place in a list.</summary>
    private static void Visit(JsonNode? node, string path, Action<string, JsonObject> found)
    {
        switch (node)
        {
            case JsonObject map:
                foreach ((string name, JsonNode? value) in map)
                {
                    if (name == "conditions" && value is JsonArray conditions)
                    {
                        foreach (JsonObject condition in conditions.OfType<JsonObject>())
                        {
                            found($"{path}/{Text(condition, "type")}", condition);
                        }
                    }
                    else
                    {
                        Visit(value, $"{path}/{name}", found);
                    }
                }

                break;
            case JsonArray list:
                for (int i = 0; i < list.Count; i++)
                {
                    var entry = list[i] as JsonObject;

                    // Listeners of the original Service APIs have ports instead of names.
                    string owner = (entry?["parentRef"] ?? entry?["gatewayRef"] ?? entry?["port"])?.ToJsonString() ?? Text(list[i], "name");
                    Visit(list[i], $"{path}/{(owner.Length > 0 ? owner : i.ToString(CultureInfo.InvariantCulture))}", found);
                }

                break;
        }
    }

    private static string Text(JsonNode? node, string name) =>
        node is JsonObject map && map[name] is JsonValue value && value.TryGetValue(out string? text) ? text : "";
}
