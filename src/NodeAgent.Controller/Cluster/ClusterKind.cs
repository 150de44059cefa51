using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster;

/// <summary>A kind that is followed at an API server.</summary>
/// <param name="Group">Empty for the core group.</param>
/// <param name="Versions">That we read, the best first.</param>
public sealed record ClusterKind(string Group, string Kind, ImmutableArray<string> Versions, bool Namespaced)
{
    private const string LegacyGroup = "networking.x-k8s.io";
    private const string Pod = "Pod";
    private const string Node = "Node";

    /// <summary>All kinds that translation reads.</summary>
    public static ImmutableArray<ClusterKind> All { get; } =
    [
        .. ApiDecoder.ReadKinds
            .Select(k => new ClusterKind(k.Group, k.Kind, [.. k.Versions.OrderByDescending(RankOf)], !k.ClusterScoped))
            .OrderBy(k => k.Group, StringComparer.Ordinal)
            .ThenBy(k => k.Kind, StringComparer.Ordinal),
    ];

    /// <summary>There are many of them and few matter: each is looked for by name, when something refers to it.</summary>
    public bool ByName => Group == Groups.Core ? Kind is "Secret" or "ConfigMap" or Pod or Node : Group == Groups.Apps;

    /// <summary>Most of them nobody refers to, but any may be referred to next: all are followed, and translation gets those of the Services that it reads.</summary>
    public bool ByService => (Group, Kind) is (Groups.Core, "Service") or ("discovery.k8s.io", "EndpointSlice");

    /// <summary>We write its status, and have to know what it is now.</summary>
    public bool HasStatusOfOurs => Group is Groups.Gateway or Groups.GatewayX or Groups.NodeAgent or LegacyGroup;

    /// <summary>
    /// Without it nothing can be served as it was, so that a start waits until we may read it. Of other kinds, which the
    /// operator of a few namespaces may not let us read, what there is counts as nothing.
    /// </summary>
    internal bool Essential => Namespaced || (Group == Groups.Gateway && Kind == "GatewayClass");

    /// <summary>Translation reads its status.</summary>
    internal bool StatusMatters => Group == Groups.Core && Kind is Pod or Node;

    /// <summary>Nothing selects it by its labels, so that it is kept without them.</summary>
    internal bool LabelsMatter => !ByService;

    public override string ToString() => Group.Length == 0 ? Kind : $"{Kind}.{Group}";

    /// <summary>As Kubernetes ranks them: v2, v1, v1beta1, v1alpha3, v1alpha2.</summary>
    private static (int Stability, int Major, int Minor) RankOf(string version)
    {
        foreach ((string word, int stability) in new[] { ("alpha", 0), ("beta", 1) })
        {
            if (version.Split(word) is [string major, string minor])
            {
                return (stability, int.Parse(major.AsSpan(1)), int.Parse(minor));
            }
        }

        return (2, int.Parse(version.AsSpan(1)), 0);
    }
}
