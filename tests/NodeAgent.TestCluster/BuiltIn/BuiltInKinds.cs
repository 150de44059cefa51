using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;
using NodeAgent.TestCluster.Tables;

namespace NodeAgent.TestCluster.BuiltIn;

/// <summary>The kinds a cluster has before anything is installed in it.</summary>
public static class BuiltInKinds
{
    public static ImmutableArray<ServedKind> All { get; } = [.. CommonShapes.Text.Kinds.Select(Served)];

    internal static bool Includes(string group, string version, string kind) =>
        All.Any(known => known.Kind == kind && known.Group == group && known.Version == version);

    private static ServedKind Served(KindDeclaration declaration)
    {
        int slash = declaration.ApiVersion.IndexOf('/', StringComparison.Ordinal);
        string group = slash < 0 ? "" : declaration.ApiVersion[..slash];
        string version = declaration.ApiVersion[(slash + 1)..];
        bool namespaced = !declaration.Has("cluster");
        NameKind names = declaration.Value("names") switch
        {
            "label" => NameKind.Label,
            "label1035" => NameKind.Label1035,
            "path" => NameKind.PathSegment,
            _ => NameKind.Subdomain,
        };
        StructuralSchema schema = new(group, version, declaration.Kind, namespaced, declaration.Schema, names, RulesOf(group, declaration.Kind));
        return new ServedKind(group, version, declaration.Kind, declaration.Value("plural"), declaration.Kind.ToLowerInvariant(), namespaced, schema)
        {
            ShortNames = Words(declaration.Value("short")),
            Categories = Words(declaration.Value("categories")),
            HasStatus = declaration.Has("status"),
            HasGeneration = declaration.Has("generation"),
            Scale = declaration.Has("scale") ? new ScalePaths(".spec.replicas", ".status.replicas", ".spec.selector") : null,
            NeedsVersion = declaration.Has("versioned"),
            CreatesOnUpdate = declaration.Has("puttable"),
            Columns = BuiltInColumns.Of(group, declaration.Kind),
        };
    }

    private static KindRules? RulesOf(string group, string kind) => (group, kind) switch
    {
        ("", "Service") => new ServiceRules(),
        ("", "Endpoints") => new EndpointsRules(),
        ("discovery.k8s.io", "EndpointSlice") => new EndpointSliceRules(),
        ("", "Secret") => new SecretRules(),
        ("", "ConfigMap") => new ConfigMapRules(),
        ("", "Namespace") => new NamespaceRules(),
        ("", "Node") => new NodeRules(),
        ("", "Pod") => new PodRules(),
        ("apps", _) => new WorkloadRules(),
        ("" or "events.k8s.io", "Event") => new EventRules(core: group.Length == 0),
        ("coordination.k8s.io", "Lease") => new LeaseRules(),
        ("rbac.authorization.k8s.io", "RoleBinding" or "ClusterRoleBinding") => new BindingRules(),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => new DefinitionRules(),
        _ => null,
    };

    private static ImmutableArray<string> Words(string text) => text.Length == 0 ? [] : [.. text.Split(',')];
}
