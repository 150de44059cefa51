using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
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
        int head = 0;
        int shorter = Math.Min(statuses.Length, _sources.Length);
        while (head < shorter && ReferenceEquals(statuses[head], _sources[head]))
        {
            head++;
        }

        int tail = 0;
        while (tail < shorter - head && ReferenceEquals(statuses[^(tail + 1)], _sources[^(tail + 1)]))
        {
            tail++;
        }

        string time = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
        var before = new Dictionary<(string, string, string, string), int>();
        for (int i = head; i < _sources.Length - tail; i++)
        {
            before[KeyOf(_sources[i])] = i;
        }

        var stamped = ImmutableArray.CreateBuilder<ObjectStatus>(statuses.Length);
        stamped.AddRange(_stamped.AsSpan()[..head]);
        foreach (ObjectStatus status in statuses.AsSpan()[head..^tail])
        {
            stamped.Add(
                !before.TryGetValue(KeyOf(status), out int known) ? New(status, time)
                : ReferenceEquals(_sources[known], status) ? _stamped[known]
                : WithTimes(status, _stamped[known].Status, time));
        }

        stamped.AddRange(_stamped.AsSpan()[^tail..]);
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
