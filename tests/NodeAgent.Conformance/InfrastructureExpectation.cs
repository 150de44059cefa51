using System.Text.Json.Nodes;

namespace NodeAgent.Conformance;

/// <summary>
/// What the objects must carry that an implementation makes for a Gateway, found by the label
/// <c>gateway.networking.k8s.io/gateway-name</c>: there is at least one Pod or Service, and the first of each kind has all of it.
/// </summary>
/// <param name="Gateway">Its name; in the namespace of the suite's Gateways.</param>
public sealed record InfrastructureExpectation(string Gateway, Dictionary<string, string> Labels, Dictionary<string, string> Annotations)
{
    private const string NameLabel = "gateway.networking.k8s.io/gateway-name";

    /// <returns>What is wrong.</returns>
    public IEnumerable<string> Check(ISuiteObjects objects)
    {
        ArgumentNullException.ThrowIfNull(objects);
        JsonNode[] owned =
        [
            .. objects.Documents.Where(d => d.Key.StartsWith($"Service {SuiteNames.DefaultNamespace}/", StringComparison.Ordinal)
                    || d.Key.StartsWith($"Pod {SuiteNames.DefaultNamespace}/", StringComparison.Ordinal))
                .Select(d => d.Value)
                .Where(o => (string?)o["metadata"]!["labels"]?[NameLabel] == Gateway)
                .DistinctBy(o => (string?)o["kind"]),
        ];
        return owned.Length == 0
            ? [$"Gateway {Gateway}: no Pod and no Service has the label {NameLabel}"]
            : owned.SelectMany(o => Missing(o, "labels", Labels).Concat(Missing(o, "annotations", Annotations)));
    }

    private static IEnumerable<string> Missing(JsonNode owned, string field, Dictionary<string, string> wanted) => wanted
        .Where(w => (string?)owned["metadata"]![field]?[w.Key] != w.Value)
        .Select(w => $"{owned["kind"]} {owned["metadata"]!["name"]}: {field} lack {w.Key}={w.Value}");
}
