namespace NodeAgent.Snapshot;

/// <summary>The password hashes in the filters of a rule.</summary>
internal static class ExtensionSecrets
{
    public static bool Has(HttpRule rule) => rule.Backends.Select(b => b.Filters).Append(rule.Filters)
        .SelectMany(f => f?.Extensions ?? []).Any(e => e is BasicAuthFilter);

    /// <param name="hidden">What stands for a secret.</param>
    public static HttpRule Hide(HttpRule rule, string hidden) => rule with
    {
        Filters = Hide(rule.Filters, hidden),
        Backends = [.. rule.Backends.Select(b => b with { Filters = Hide(b.Filters, hidden) })],
    };

    private static HttpFilters? Hide(HttpFilters? filters, string hidden) => filters?.Extensions is { } extensions
        ? filters with { Extensions = [.. extensions.Select(e => e is BasicAuthFilter auth ? Hide(auth, hidden) : e)] }
        : filters;

    private static BasicAuthFilter Hide(BasicAuthFilter auth, string hidden) =>
        auth with { Users = [.. auth.Users.Select(u => u with { Salt = hidden, Hash = hidden })] };
}
