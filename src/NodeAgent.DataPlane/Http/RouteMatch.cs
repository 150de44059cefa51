namespace NodeAgent.DataPlane.Http;

internal enum MatchOutcome
{
    /// <summary>No listener takes the host.</summary>
    NoListener,

    /// <summary>A listener takes the host, but none of its rules the request.</summary>
    NoRule,

    Matched,
}

/// <summary>What a request met in a <see cref="RouteTable"/>.</summary>
/// <param name="Rule">Null unless matched.</param>
/// <param name="Listener">Index into <see cref="RouteTable.Listeners"/>; -1 when no listener takes the host.</param>
/// <param name="MatchedPathLength">
/// How many characters of the path the rule's path match covers; for a prefix the prefix without a trailing slash,
/// but 1 for "/".
/// </param>
internal readonly record struct RouteMatch(HttpRuleTarget? Rule, int Listener, int MatchedPathLength);
