using System.Collections.Immutable;

namespace NodeAgent.TestCluster;

/// <summary>Who asks.</summary>
public sealed record ApiUser(string Name)
{
    public string Uid { get; init; } = "";

    public ImmutableArray<string> Groups { get; init; } = [];

    /// <summary>As in TokenReview and SelfSubjectReview, such as <c>authentication.kubernetes.io/node-name</c>.</summary>
    public ImmutableDictionary<string, ImmutableArray<string>> Extra { get; init; } = ImmutableDictionary<string, ImmutableArray<string>>.Empty;

    /// <summary>Audiences for which the token is good; empty for the server itself.</summary>
    public ImmutableArray<string> Audiences { get; init; } = [];
}

/// <summary>A request as authorization, faults and the audit log see it.</summary>
/// <param name="Verb">get, list, watch, create, update, patch, delete or deletecollection; for what is no resource the method in small letters.</param>
/// <param name="Resource">Plural; empty for what is no resource.</param>
/// <param name="Namespace">Empty for the cluster, or for all namespaces.</param>
/// <param name="Name">Empty for collections.</param>
public sealed record ApiRequest(string Verb, string Group, string Version, string Resource, string Subresource, string Namespace, string Name)
{
    public string Path { get; init; } = "";

    public string Query { get; init; } = "";

    public string UserAgent { get; init; } = "";

    public ApiUser User { get; init; } = new("system:anonymous");

    /// <summary>Whether the path leads to a resource.</summary>
    public bool IsResource => Resource.Length > 0;

    internal static ApiRequest Parse(string method, string path, bool watch)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        int at = parts.Length >= 2 && parts[0] == "api" ? 2 : parts.Length >= 3 && parts[0] == "apis" ? 3 : 0;
        if (at == 0 || parts.Length == at)
        {
            return new ApiRequest(method.ToLowerInvariant(), "", "", "", "", "", "") { Path = path };
        }

        string group = at == 2 ? "" : parts[1];
        string version = parts[at - 1];
        bool watchPath = parts[at] == "watch" && parts.Length > at + 1;
        at += watchPath ? 1 : 0;
        string ns = "";
        if (parts[at] == "namespaces" && parts.Length > at + 1)
        {
            ns = Uri.UnescapeDataString(parts[at + 1]);

            // namespaces/x, and namespaces/x/status, are the Namespace itself.
            if (parts.Length > at + 2 && !(group.Length == 0 && parts.Length == at + 3 && parts[at + 2] is "status" or "finalize"))
            {
                at += 2;
            }
            else
            {
                ns = "";
            }
        }

        string resource = parts[at];
        string name = parts.Length > at + 1 ? Uri.UnescapeDataString(parts[at + 1]) : "";
        string subresource = parts.Length > at + 2 ? string.Join('/', parts[(at + 2)..]) : "";
        string verb = method switch
        {
            "GET" or "HEAD" => watchPath || watch ? "watch" : name.Length > 0 ? "get" : "list",
            "POST" => "create",
            "PUT" => "update",
            "PATCH" => "patch",
            "DELETE" => name.Length > 0 ? "delete" : "deletecollection",
            _ => method.ToLowerInvariant(),
        };
        return new ApiRequest(verb, group, version, resource, subresource, ns, name) { Path = path };
    }
}
