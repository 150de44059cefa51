using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>
/// nodeagent.dev/v1alpha1 HTTPFilter: named by filters of type ExtensionRef. Exactly one of its members is set.
/// </summary>
public sealed record HttpFilter(ObjectMeta Meta) : ApiObject(Meta)
{
    public override string Kind => "HTTPFilter";

    public override string Group => Groups.NodeAgent;

    public RateLimitSpec? RateLimit { get; init; }

    public DirectResponseSpec? DirectResponse { get; init; }

    public IpAccessSpec? IpAccess { get; init; }

    public BasicAuthSpec? BasicAuth { get; init; }

    /// <summary>Bytes, at least 0.</summary>
    public long? MaxRequestBytes { get; init; }

    public CompressionSpec? Compression { get; init; }
}

/// <param name="Requests">1..1,000,000 in each <paramref name="Unit"/>.</param>
/// <param name="Unit">Second (default), Minute or Hour.</param>
/// <param name="Burst">1..1,000,000; null is <paramref name="Requests"/>.</param>
/// <param name="Key">Null: all requests share one bucket.</param>
/// <param name="MaxKeys">100..1,000,000, 16,384 by default.</param>
public sealed record RateLimitSpec(int Requests, string Unit, int? Burst, RateLimitKeySpec? Key, int MaxKeys);

/// <param name="Type">ClientIP or Header.</param>
/// <param name="Header">Set for Header alone.</param>
public sealed record RateLimitKeySpec(string Type, string? Header);

/// <param name="Status">200..599.</param>
/// <param name="Body">Empty when absent; none is allowed with 204 and 304.</param>
public sealed record DirectResponseSpec(int Status, ImmutableArray<NameValue> Headers, string Body);

/// <summary>CIDRs and single addresses; at least one of the two lists has items.</summary>
public sealed record IpAccessSpec(ImmutableArray<string> Allow, ImmutableArray<string> Deny);

/// <param name="SecretName">In the filter's namespace.</param>
public sealed record BasicAuthSpec(string SecretName, string Realm);

/// <param name="Codings">br and gzip, the preferred first.</param>
/// <param name="MinBytes">0..1,048,576.</param>
/// <param name="ContentTypes">Lower case; <c>text/*</c> takes all subtypes.</param>
public sealed record CompressionSpec(ImmutableArray<string> Codings, int MinBytes, ImmutableArray<string> ContentTypes);
