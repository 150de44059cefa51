using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;

namespace NodeAgent.TestCluster.Serving;

/// <summary>What kinds the server has, in the two ways in which clients ask: group by group, and all at once.</summary>
internal sealed class Discovery(KindRegistry kinds)
{
    public const string Aggregated = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";

    private static readonly string[] AllVerbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"];

    private static readonly string[] StatusVerbs = ["get", "patch", "update"];

    /// <summary>What can be done with objects of a kind: all, but that Namespaces are deleted one by one.</summary>
    public static IEnumerable<string> Verbs(ServedKind kind) => AllVerbs.Where(v => v != "deletecollection" || kind is not { Group: "", Kind: "Namespace" });

    /// <returns>Null when the path leads to nothing.</returns>
    public ApiReply? Answer(string path, string accept)
    {
        bool aggregated = accept.Replace(" ", "", StringComparison.Ordinal).Contains("g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList", StringComparison.Ordinal);
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        return parts switch
        {
            ["api"] when aggregated => Gathered(core: true),
            ["apis"] when aggregated => Gathered(core: false),
            ["api"] => ApiReply.Of(new JsonObject { ["kind"] = "APIVersions", ["versions"] = new JsonArray("v1"), ["serverAddressByClientCIDRs"] = new JsonArray() }),
            ["apis"] => ApiReply.Of(new JsonObject { ["kind"] = "APIGroupList", ["apiVersion"] = "v1", ["groups"] = new JsonArray([.. Groups().Where(g => g.Length > 0).Select(Group)]) }),
            ["apis", string group] when Groups().Contains(group) => ApiReply.Of(Head("APIGroup", Group(group))),
            ["api", "v1"] => Resources("", "v1"),
            ["apis", string group, string version] when Versions(group).Contains(version) => Resources(group, version),
            _ => null,
        };
    }

    /// <summary>Served groups; the core group is the empty one.</summary>
    private ImmutableArray<string> Groups() => [.. kinds.All.Select(k => k.Group).Concat(VirtualResources.All.Select(r => r.Group)).Distinct()];

    /// <summary>Of a group, the preferred one first: v2 before v1 before v1beta1 before v1alpha2.</summary>
    private ImmutableArray<string> Versions(string group) =>
    [
        .. kinds.All.Where(k => k.Group == group).Select(k => k.Version)
            .Concat(VirtualResources.All.Where(r => r.Group == group).Select(r => r.Version))
            .Distinct().OrderByDescending(v => v, VersionOrder.Instance),
    ];

    private static JsonObject Head(string kind, JsonObject body)
    {
        var made = new JsonObject { ["kind"] = kind, ["apiVersion"] = "v1" };
        foreach ((string name, JsonNode? value) in body)
        {
            made[name] = value?.DeepClone();
        }

        return made;
    }

    private JsonObject Group(string group)
    {
        JsonObject Version(string version) => new() { ["groupVersion"] = $"{group}/{version}", ["version"] = version };
        ImmutableArray<string> versions = Versions(group);
        return new JsonObject
        {
            ["name"] = group,
            ["versions"] = new JsonArray([.. versions.Select(Version)]),
            ["preferredVersion"] = Version(versions[0]),
        };
    }

    private ApiReply Resources(string group, string version)
    {
        var list = new JsonArray();
        foreach (ServedKind kind in Of(group, version))
        {
            list.Add(Resource(kind.Plural, kind.Singular, kind.Namespaced, kind.Kind, Verbs(kind), kind.ShortNames, kind.Categories));
            if (kind.HasStatus)
            {
                list.Add(Resource(kind.Plural + "/status", "", kind.Namespaced, kind.Kind, StatusVerbs, [], []));
            }

            foreach (Subresource sub in Subresource.Of(kind))
            {
                JsonObject named = Resource($"{kind.Plural}/{sub.Name}", "", kind.Namespaced, sub.Kind, sub.Verbs, [], []);
                (named["group"], named["version"]) = (sub.Group, sub.Version);
                list.Add(named);
            }
        }

        foreach (VirtualKind kind in VirtualResources.All.Where(r => r.Group == group && r.Version == version))
        {
            list.Add(Resource(kind.Plural, kind.Kind.ToLowerInvariant(), kind.Namespaced, kind.Kind, ["create"], [], []));
        }

        return ApiReply.Of(new JsonObject { ["kind"] = "APIResourceList", ["apiVersion"] = "v1", ["groupVersion"] = group.Length == 0 ? version : $"{group}/{version}", ["resources"] = list });
    }

    private IEnumerable<ServedKind> Of(string group, string version) => kinds.All.Where(k => k.Group == group && k.Version == version).OrderBy(k => k.Plural, StringComparer.Ordinal);

    private static JsonObject Resource(string name, string singular, bool namespaced, string kind, IEnumerable<string> verbs, ImmutableArray<string> shortNames, ImmutableArray<string> categories)
    {
        var made = new JsonObject { ["name"] = name, ["singularName"] = singular, ["namespaced"] = namespaced, ["kind"] = kind, ["verbs"] = Names(verbs) };
        if (shortNames.Length > 0)
        {
            made["shortNames"] = Names(shortNames);
        }

        if (categories.Length > 0)
        {
            made["categories"] = Names(categories);
        }

        return made;
    }

    private static JsonArray Names(IEnumerable<string> names) => new([.. names.Select(n => (JsonNode)n)]);

    private ApiReply Gathered(bool core)
    {
        var groups = new JsonArray();
        foreach (string group in Groups().Where(g => g.Length == 0 == core))
        {
            var versions = new JsonArray();
            foreach (string version in Versions(group))
            {
                var resources = new JsonArray();
                foreach (ServedKind kind in Of(group, version))
                {
                    resources.Add(GatheredResource(kind));
                }

                foreach (VirtualKind kind in VirtualResources.All.Where(r => r.Group == group && r.Version == version))
                {
                    resources.Add(new JsonObject
                    {
                        ["resource"] = kind.Plural,
                        ["responseKind"] = ResponseKind(group, version, kind.Kind),
                        ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
                        ["singularResource"] = kind.Kind.ToLowerInvariant(),
                        ["verbs"] = Names(["create"]),
                    });
                }

                versions.Add(new JsonObject { ["version"] = version, ["resources"] = resources, ["freshness"] = "Current" });
            }

            JsonObject meta = core ? [] : new JsonObject { ["name"] = group };
            groups.Add(new JsonObject { ["metadata"] = meta, ["versions"] = versions });
        }

        var body = new JsonObject { ["kind"] = "APIGroupDiscoveryList", ["apiVersion"] = "apidiscovery.k8s.io/v2", ["metadata"] = new JsonObject(), ["items"] = groups };
        return ApiReply.Of(body) with { ContentType = Aggregated, ETag = $"\"{kinds.Edition}-{(core ? 0 : 1)}\"" };
    }

    private static JsonObject GatheredResource(ServedKind kind)
    {
        var made = new JsonObject
        {
            ["resource"] = kind.Plural,
            ["responseKind"] = ResponseKind(kind.Group, kind.Version, kind.Kind),
            ["scope"] = kind.Namespaced ? "Namespaced" : "Cluster",
            ["singularResource"] = kind.Singular,
            ["verbs"] = Names(Verbs(kind)),
        };
        if (kind.ShortNames.Length > 0)
        {
            made["shortNames"] = Names(kind.ShortNames);
        }

        if (kind.Categories.Length > 0)
        {
            made["categories"] = Names(kind.Categories);
        }

        var subresources = new JsonArray();
        if (kind.HasStatus)
        {
            subresources.Add(new JsonObject { ["subresource"] = "status", ["responseKind"] = ResponseKind(kind.Group, kind.Version, kind.Kind), ["verbs"] = Names(StatusVerbs) });
        }

        foreach (Subresource sub in Subresource.Of(kind))
        {
            subresources.Add(new JsonObject { ["subresource"] = sub.Name, ["responseKind"] = ResponseKind(sub.Group, sub.Version, sub.Kind), ["verbs"] = Names(sub.Verbs) });
        }

        if (subresources.Count > 0)
        {
            made["subresources"] = subresources;
        }

        return made;
    }

    private static JsonObject ResponseKind(string group, string version, string kind) => new() { ["group"] = group, ["version"] = version, ["kind"] = kind };
}
