using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http;

/// <summary>Makes what serves the rules of routes.</summary>
internal interface IRuleTargets
{
    HttpRuleTarget Make(HttpRouteResource route, HttpRule rule);

    /// <summary>While it stays the same, <see cref="IsCurrent"/> holds for all that were made.</summary>
    long Epoch { get; }

    /// <returns>False when <see cref="Make"/> would now give another for the same rule.</returns>
    bool IsCurrent(HttpRuleTarget target);
}
