using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>One entry of filters[]; only the part that <see cref="Type"/> names is set. GRPCRoute has some of them.</summary>
public sealed record HttpRouteFilter(string Type)
{
    public HeaderModifier? RequestHeaderModifier { get; init; }

    public HeaderModifier? ResponseHeaderModifier { get; init; }

    public RequestRedirect? RequestRedirect { get; init; }

    public UrlRewrite? UrlRewrite { get; init; }

    public RequestMirror? RequestMirror { get; init; }

    public Cors? Cors { get; init; }

    public ExternalAuth? ExternalAuth { get; init; }

    public ObjectReference? ExtensionRef { get; init; }
}

public sealed record HeaderModifier(
    ImmutableArray<NameValue> Set,
    ImmutableArray<NameValue> Add,
    ImmutableArray<string> Remove);

public sealed record NameValue(string Name, string Value);

/// <param name="StatusCode">301, 302 (default), 303, 307 or 308.</param>
public sealed record RequestRedirect(string? Scheme, string? Hostname, PathModifier? Path, int? Port, int StatusCode);

public sealed record UrlRewrite(string? Hostname, PathModifier? Path);

/// <param name="Type">ReplaceFullPath or ReplacePrefixMatch.</param>
public sealed record PathModifier(string Type, string Value);

/// <param name="Backend">Its weight has no meaning.</param>
/// <param name="Numerator">With <paramref name="Denominator"/> the share of requests that is mirrored, 0..1; percent reads as n/100.</param>
public sealed record RequestMirror(BackendRef Backend, int Numerator, int Denominator);

/// <param name="AllowOrigins">"*", or scheme://host[:port] whose host may be or begin with a wildcard.</param>
/// <param name="MaxAge">Seconds, default 5.</param>
public sealed record Cors(
    ImmutableArray<string> AllowOrigins,
    ImmutableArray<string> AllowMethods,
    ImmutableArray<string> AllowHeaders,
    ImmutableArray<string> ExposeHeaders,
    bool AllowCredentials,
    int MaxAge);

/// <param name="Protocol">HTTP or GRPC (Envoy ext_authz).</param>
/// <param name="Path">HTTP: put before the request's path; empty for none.</param>
/// <param name="AllowedHeaders">Request headers that are sent: further ones (HTTP), or these alone unless empty (GRPC).</param>
/// <param name="AllowedResponseHeaders">HTTP: copied from the answer to the backend's request; empty for all but Host.</param>
/// <param name="MaxBodySize">Bytes of the body that are sent along; 0 for none.</param>
public sealed record ExternalAuth(
    string Protocol,
    BackendRef Backend,
    string Path,
    ImmutableArray<string> AllowedHeaders,
    ImmutableArray<string> AllowedResponseHeaders,
    long MaxBodySize);
