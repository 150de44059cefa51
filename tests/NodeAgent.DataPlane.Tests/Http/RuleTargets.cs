using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Http;
using NodeAgent.DataPlane.Metrics;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http;

/// <summary>Targets that serve nothing, which is enough to see which rule was found.</summary>
internal sealed class RuleTargets : IRuleTargets
{
    private static readonly WeightedShares Nothing = new([], _ => throw new InvalidOperationException("no rule here has a backend"));
    private static readonly HttpCounters Counters = new(1);

    public long Epoch { get; set; }

    /// <summary>How many were made.</summary>
    public int Made { get; private set; }

    /// <summary>Those of this route are not current, until others are made.</summary>
    public string? Stale { get; set; }

    public HttpRuleTarget Make(HttpRouteResource route, HttpRule rule)
    {
        Made++;
        return new HttpRuleTarget($"{route.Namespace}/{route.Name}", rule, Nothing, HeaderFilters.Of(null), [], [], [], Counters);
    }

    public bool IsCurrent(HttpRuleTarget target) => target.RouteName != Stale;
}
