using System.Text.Json.Nodes;
using NodeAgent.TestCluster;

namespace NodeAgent.Node.Tests.Cluster;

/// <summary>What Roles and bindings of a server permit a service account, as the server's authorizer reads them.</summary>
internal sealed class Permissions
{
    public const string Account = "system:serviceaccount:nodeagent-system:nodeagent";

    private const string Group = "rbac.authorization.k8s.io";

    /// <summary>Namespace (empty: all) to rules.</summary>
    private readonly List<(string Namespace, JsonNode Rule)> _rules = [];

    public static Permissions Of(TestApiServer server)
    {
        var permissions = new Permissions();
        foreach ((string binding, string role) in new[] { ("ClusterRoleBinding", "ClusterRole"), ("RoleBinding", "Role") })
        {
            foreach (JsonObject bound in server.List(Group, binding))
            {
                string ns = (string?)bound["metadata"]!["namespace"] ?? "";
                JsonObject found = server.Get(Group, role, ns, (string)bound["roleRef"]!["name"]!)!;
                permissions._rules.AddRange(found["rules"]!.AsArray().Select(r => (ns, r!.DeepClone())));
            }
        }

        return permissions;
    }

    /// <summary>Takes every rule away that gives a verb on a resource.</summary>
    public void Revoke(string verb, string resource)
    {
        foreach ((_, JsonNode rule) in _rules.Where(r => Has(r.Rule["resources"], resource)))
        {
            rule["verbs"] = new JsonArray([.. rule["verbs"]!.AsArray().Select(v => (string)v!).Where(v => v != verb).Select(v => JsonValue.Create(v))]);
        }
    }

    /// <summary>Discovery and the like are open to everybody who is known.</summary>
    public bool Allow(ApiRequest request)
    {
        string resource = request.Subresource.Length > 0 ? $"{request.Resource}/{request.Subresource}" : request.Resource;
        return request.User.Name != Account || !request.IsResource || _rules.Any(r =>
            (r.Namespace.Length == 0 || r.Namespace == request.Namespace)
            && Has(r.Rule["apiGroups"], request.Group)
            && (Has(r.Rule["resources"], resource) || (request.Subresource.Length > 0 ? Has(r.Rule["resources"], $"*/{request.Subresource}") : Has(r.Rule["resources"], "*")))
            && Has(r.Rule["verbs"], request.Verb));
    }

    private static bool Has(JsonNode? list, string text) => (list as JsonArray ?? []).Any(t => (string?)t == text);
}
