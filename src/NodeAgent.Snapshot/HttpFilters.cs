using System.Collections.Immutable;

namespace NodeAgent.Snapshot;

/// <summary>The filters of a rule or of a backendRef; each kind stands at most once (facts: 5.9).</summary>
public sealed record HttpFilters(
    HeaderEdits? RequestHeaders = null,
    HeaderEdits? ResponseHeaders = null,
    RedirectFilter? Redirect = null,
    RewriteFilter? Rewrite = null)
{
    /// <summary>Filters of ours, in the order in which they run; null when there are none.</summary>
    public ImmutableArray<ExtensionFilter>? Extensions { get; init; }
}

/// <summary>Set overwrites, add appends a value, remove deletes; names are compared case-insensitively.</summary>
public sealed record HeaderEdits(
    ImmutableArray<HeaderValue> Set,
    ImmutableArray<HeaderValue> Add,
    ImmutableArray<string> Remove);

public sealed record HeaderValue(string Name, string Value);

/// <param name="Scheme">"http" or "https"; null keeps the request's.</param>
/// <param name="Hostname">Null keeps the request's Host without its port.</param>
/// <param name="Port">Null: the well-known port of <paramref name="Scheme"/> when that is set, else the listener's.</param>
/// <param name="StatusCode">301, 302, 303, 307 or 308.</param>
public sealed record RedirectFilter(string? Scheme, string? Hostname, PathEdit? Path, int? Port, int StatusCode);

/// <param name="Hostname">Becomes the Host header towards the backend.</param>
public sealed record RewriteFilter(string? Hostname, PathEdit? Path);

/// <param name="Type">
/// ReplacePrefix replaces the prefix that the rule matched (all matches of such a rule are prefixes).
/// </param>
public sealed record PathEdit(PathEditType Type, string Value);

public enum PathEditType
{
    ReplaceFull,
    ReplacePrefix,
}
