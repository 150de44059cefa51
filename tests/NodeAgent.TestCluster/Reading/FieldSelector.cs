using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Reading;

/// <summary>A fieldSelector of a query: <c>metadata.name=a,status.phase!=Running</c>. Only a few fields of each kind can be asked for.</summary>
internal sealed class FieldSelector
{
    private static readonly Dictionary<(string Group, string Kind), string[]> Fields = new()
    {
        [("", "Secret")] = ["type"],
        [("", "Namespace")] = ["status.phase"],
        [("", "Node")] = ["spec.unschedulable"],
        [("", "Service")] = ["spec.clusterIP", "spec.type"],
        [("", "Pod")] = ["spec.nodeName", "spec.restartPolicy", "spec.schedulerName", "spec.serviceAccountName", "spec.hostNetwork", "status.phase", "status.podIP", "status.nominatedNodeName"],
        [("", "Event")] =
        [
            "involvedObject.kind", "involvedObject.namespace", "involvedObject.name", "involvedObject.uid", "involvedObject.apiVersion",
            "involvedObject.resourceVersion", "involvedObject.fieldPath", "reason", "reportingComponent", "source", "type",
        ],
        [("events.k8s.io", "Event")] =
        [
            "regarding.kind", "regarding.namespace", "regarding.name", "regarding.uid", "regarding.apiVersion",
            "regarding.resourceVersion", "regarding.fieldPath", "reason", "reportingController", "type",
        ],
    };

    private readonly ImmutableArray<(string[] Path, string Value, bool Equal)> terms;

    private FieldSelector(ImmutableArray<(string[] Path, string Value, bool Equal)> terms) => this.terms = terms;

    /// <summary>The one name this selector lets through; null when it does not speak of names.</summary>
    public string? Name => terms.Where(t => t.Equal && t.Path is ["metadata", "name"]).Select(t => t.Value).FirstOrDefault();

    /// <exception cref="ApiRefusal">400: not a selector, or not one for this kind.</exception>
    public static FieldSelector Parse(ServedKind kind, string text)
    {
        var found = ImmutableArray.CreateBuilder<(string[] Path, string Value, bool Equal)>();
        foreach (string part in text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            int at = part.IndexOf('=', StringComparison.Ordinal);
            if (at <= 0)
            {
                throw Refusals.BadRequest($"Unable to find \"{Refusals.Resource(kind)}\" that match label selector \"\", field selector \"{text}\": invalid selector: '{part}'; can't understand '{part}'");
            }

            bool equal = part[at - 1] != '!';
            string field = part[..(equal ? at : at - 1)].Trim();
            string value = part[(at + 1)..].TrimStart('=').Trim();
            bool known = field is "metadata.name" || (field is "metadata.namespace" && kind.Namespaced) || (Fields.GetValueOrDefault((kind.Group, kind.Kind))?.Contains(field) ?? kind.SelectableFields.Contains(field));
            if (!known)
            {
                throw Refusals.BadRequest($"Unable to find \"{kind.ApiVersion}, Resource={kind.Plural}\" that match label selector \"\", field selector \"{text}\": field label not supported: {field}");
            }

            found.Add((field.Split('.'), value, equal));
        }

        return new FieldSelector(found.ToImmutable());
    }

    public bool Matches(JsonObject item) => terms.All(t => (Value(item, t.Path) == t.Value) == t.Equal);

    private static string Value(JsonObject item, string[] path)
    {
        JsonNode? at = item;
        foreach (string field in path)
        {
            at = (at as JsonObject)?[field];
        }

        return at switch
        {
            null => path is ["spec", "unschedulable"] or ["spec", "hostNetwork"] ? "false" : "",
            JsonObject source when path is ["source"] => source.Text("component") ?? "",
            _ => at.AsText() ?? JsonText.Text(at),
        };
    }
}
