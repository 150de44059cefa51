using System.Text.Json.Nodes;

namespace NodeAgent.Conformance;

/// <summary>
/// What the objects that a Gateway's controller makes for it must carry (spec.infrastructure). A translation makes none.
/// They are those ServiceAccounts, Pods and Services of its namespace that have the label of its name: one at least, and
/// all of them must be as said.
/// </summary>
/// <param name="Gateway"><c>[NS/]NAME</c>.</param>
public sealed record InfrastructureExpectation(string Gateway, Dictionary<string, string> Labels, Dictionary<string, string> Annotations)
{
    private const string NameLabel = "gateway.networking.k8s.io/gateway-name";

    /// <returns>What is wrong; nothing when all is well.</returns>
    public IEnumerable<string> Check(ISuiteObjects objects)
    {
        string[] gateway = SuiteNames.KeyOf($"Gateway {Gateway}").Split(' ')[1].Split('/');
        KeyValuePair<string, JsonObject>[] made =
        [
            .. objects.Documents.Where(d => d.Key.Split(' ')[0] is "ServiceAccount" or "Pod" or "Service"
                && (string?)d.Value["metadata"]!["namespace"] == gateway[0]
                && (string?)d.Value["metadata"]!["labels"]?[NameLabel] == gateway[1]),
        ];
        return made.Length == 0
            ? [$"Gateway {Gateway}: no object has the label {NameLabel} with its name"]
            : made.SelectMany(m => Missing(m, "labels", Labels).Concat(Missing(m, "annotations", Annotations)));
    }

    private static IEnumerable<string> Missing(KeyValuePair<string, JsonObject> made, string field, Dictionary<string, string> wanted) =>
        wanted.Where(w => (string?)made.Value["metadata"]![field]?[w.Key] != w.Value)
            .Select(w => $"{made.Key}: {field} lack {w.Key}={w.Value}");
}
