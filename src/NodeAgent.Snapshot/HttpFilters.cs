using System.Collections.Immutable;

namespace NodeAgent.Snapshot;

/// <summary>
/// The filters of a rule or of a backendRef; each kind stands at most once. Those of the rule come first. A redirect of
/// a backendRef answers the requests that fell to its share; its rewrite applies to the request as the client sent it,
/// and never stands beside a path rewrite or a redirect of the rule.
/// </summary>
public sealed record HttpFilters(
    HeaderEdits? RequestHeaders = null,
    HeaderEdits? ResponseHeaders = null,
    RedirectFilter? Redirect = null,
    RewriteFilter? Rewrite = null)
{
    /// <summary>
    /// Copies of the request go to all of these, each by its own chance; their answers are dropped and they are never
    /// retried. Null: none. References that lead nowhere are left out, so they do not touch the main request.
    /// </summary>
    public ImmutableArray<MirrorFilter>? Mirrors { get; init; }

    /// <summary>Only of rules.</summary>
    public CorsFilter? Cors { get; init; }

    /// <summary>Only of rules. Asked before anything else but <see cref="Cors"/>.</summary>
    public ExternalAuthFilter? ExternalAuth { get; init; }

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

/// <param name="Backend">The <see cref="BackendResource"/> id; one endpoint of it gets the copy.</param>
/// <param name="Numerator">With <paramref name="Denominator"/> (at least 1) the chance of a request to be mirrored, 0..1.</param>
public sealed record MirrorFilter(string Backend, int Numerator, int Denominator);

/// <summary>Gateway API, HTTPCORSFilter: preflight requests are answered at once, other responses get CORS headers.</summary>
/// <param name="AllowOrigins">
/// Lower case and without the scheme's own port: <c>*</c> (all), <c>https://host[:port]</c>, or with a wildcard that
/// stands for one or more labels, <c>https://*.host[:port]</c>, or for any host, <c>https://*[:port]</c>.
/// </param>
/// <param name="AllowMethods">Or one <c>*</c>. GET, HEAD and POST are allowed without being named.</param>
/// <param name="AllowHeaders">Lower case, or one <c>*</c>.</param>
/// <param name="ExposeHeaders">As configured; has no <c>*</c> when credentials are allowed.</param>
/// <param name="AllowCredentials">Then a <c>*</c> is answered by what the request asked for, never by <c>*</c>.</param>
/// <param name="MaxAgeSeconds">At least 1.</param>
public sealed record CorsFilter(
    ImmutableArray<string> AllowOrigins,
    ImmutableArray<string> AllowMethods,
    ImmutableArray<string> AllowHeaders,
    ImmutableArray<string> ExposeHeaders,
    bool AllowCredentials,
    int MaxAgeSeconds);

/// <summary>
/// Gateway API, HTTPExternalAuthFilter: a service is asked whether the request may pass. 200 lets it pass; any other
/// answer, none or a fault refuses it. A reference that leads nowhere arrives as a rule that answers 500.
/// </summary>
/// <param name="Backend">The <see cref="BackendResource"/> id; with <see cref="ExternalAuthProtocol.Grpc"/> spoken to in HTTP/2.</param>
/// <param name="PathPrefix">HTTP: put before the request's path; starts with a slash and does not end with one; null for none.</param>
/// <param name="AllowedHeaders">
/// Lower case. HTTP: sent beside Host, method, path, Content-Length and Authorization. Grpc: only these are sent; empty sends all.
/// </param>
/// <param name="AllowedResponseHeaders">
/// Lower case. HTTP: copied from the answer to the backend's request; empty copies all but Host.
/// </param>
/// <param name="MaxBodyBytes">0: no body is sent along. A larger body is refused with 413.</param>
public sealed record ExternalAuthFilter(
    ExternalAuthProtocol Protocol,
    string Backend,
    string? PathPrefix,
    ImmutableArray<string> AllowedHeaders,
    ImmutableArray<string> AllowedResponseHeaders,
    long MaxBodyBytes);

public enum ExternalAuthProtocol
{
    Http,

    /// <summary>Envoy's ext_authz service, envoy.service.auth.v3.Authorization.</summary>
    Grpc,
}
