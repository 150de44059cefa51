using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Policies;

/// <summary>Of several policies for one thing the oldest counts, then the first by name.</summary>
internal static class PolicyPrecedence
{
    /// <param name="policies">Of one namespace: policies reach no further than their own.</param>
    public static T? First<T>(IEnumerable<T> policies) where T : ApiObject =>
        policies.OrderBy(p => p.Meta.CreatedAt).ThenBy(p => p.Meta.Name, StringComparer.Ordinal).FirstOrDefault();
}
