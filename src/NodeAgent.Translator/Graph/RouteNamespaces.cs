using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>Listener allowedRoutes.namespaces: which namespaces' routes may attach.</summary>
internal static class RouteNamespaces
{
    public static bool IsValid(AllowedRoutes allowed) => allowed.From switch
    {
        "Same" or "All" or "None" => true,
        "Selector" => allowed.Selector is not null
            && allowed.Selector.MatchExpressions.All(e => e.Operator is "In" or "NotIn" or "Exists" or "DoesNotExist"),
        _ => false,
    };

    public static bool Allows(AllowedRoutes allowed, string gatewayNamespace, string routeNamespace, ObjectIndex index) =>
        allowed.From switch
        {
            "All" => true,
            "Same" => gatewayNamespace == routeNamespace,
            "Selector" => allowed.Selector is not null && Selects(allowed.Selector, index.NamespaceLabels(routeNamespace)),
            _ => false,
        };

    /// <summary>An empty selector selects everything, as everywhere in Kubernetes.</summary>
    public static bool Selects(LabelSelector selector, ImmutableSortedDictionary<string, string> labels) =>
        selector.MatchLabels.All(l => labels.TryGetValue(l.Key, out string? value) && value == l.Value)
        && selector.MatchExpressions.All(e => Holds(e, labels));

    private static bool Holds(LabelRequirement requirement, ImmutableSortedDictionary<string, string> labels)
    {
        bool exists = labels.TryGetValue(requirement.Key, out string? value);
        return requirement.Operator switch
        {
            "In" => exists && requirement.Values.Contains(value!),
            "NotIn" => !exists || !requirement.Values.Contains(value!),
            "Exists" => exists,
            "DoesNotExist" => !exists,
            _ => false,
        };
    }
}
