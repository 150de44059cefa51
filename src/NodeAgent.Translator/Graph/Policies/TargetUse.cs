using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Policies;

/// <summary>Which Gateways the targets of a policy are used by, and what the policy comes to for each of them.</summary>
internal static class TargetUse
{
    public static ImmutableArray<ImmutableArray<string>> Of(ImmutableArray<PolicyTarget> targets, string ns, ObjectIndex index) =>
        [.. targets.Select(t => index.GatewaysUsing($"{t.Kind}/{ns}/{t.Name}"))];

    /// <param name="users">Of each target.</param>
    /// <param name="problems">Of each target: why the policy does nothing there.</param>
    /// <param name="judge">
    /// Gets the first problem when the policy does nothing for all that the Gateway uses, else, second, the first problem
    /// of some of it.
    /// </param>
    public static ImmutableArray<AncestorConditions> ByGateway(
        ImmutableArray<ImmutableArray<string>> users,
        ImmutableArray<Problem?> problems,
        Func<Problem?, Problem?, ImmutableArray<Condition>> judge)
    {
        string[] gateways = [.. users.SelectMany(u => u).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
        return
        [
            .. gateways.Select(gateway =>
            {
                Problem?[] used = [.. problems.Where((_, i) => users[i].Contains(gateway))];
                Problem? first = Array.Find(used, p => p is not null);
                bool all = Array.TrueForAll(used, p => p is not null);
                return new AncestorConditions(gateway, judge(all ? first : null, all ? null : first));
            }),
        ];
    }
}
