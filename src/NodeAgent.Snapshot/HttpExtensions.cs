using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>
/// A filter that Gateway API does not know (nodeagent.dev HTTPFilter). Extensions look at the request as the client sent it and run
/// in the order in which their rule lists them, those of the rule before those of the backendRef.
/// </summary>
/// <param name="Name"><c>NS/NAME</c> of the HTTPFilter: what it counts is shared by all rules that name it.</param>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "extension")]
[JsonDerivedType(typeof(RateLimitFilter), "rateLimit")]
[JsonDerivedType(typeof(DirectResponseFilter), "directResponse")]
[JsonDerivedType(typeof(IpAccessFilter), "ipAccess")]
[JsonDerivedType(typeof(BasicAuthFilter), "basicAuth")]
[JsonDerivedType(typeof(RequestSizeFilter), "requestSize")]
[JsonDerivedType(typeof(CompressionFilter), "compression")]
public abstract record ExtensionFilter(string Name);

/// <summary>A token bucket by key on each node: what finds it empty is answered 429 with Retry-After.</summary>
/// <param name="Requests">1..1,000,000 in <paramref name="Seconds"/>.</param>
/// <param name="Seconds">1, 60 or 3600.</param>
/// <param name="Burst">How many requests a full bucket takes at once, 1..1,000,000.</param>
/// <param name="Header">Lower case; only for <see cref="RateLimitKey.Header"/>.</param>
/// <param name="MaxKeys">100..1,000,000: beyond them keys begin to share buckets.</param>
public sealed record RateLimitFilter(
    string Name, int Requests, int Seconds, int Burst, RateLimitKey Key, string? Header, int MaxKeys) : ExtensionFilter(Name);

public enum RateLimitKey
{
    /// <summary>One bucket for all.</summary>
    None,

    /// <summary>A bucket by IPv4 address or IPv6 /64.</summary>
    ClientIp,

    /// <summary>A bucket by value of a header; requests without it share one.</summary>
    Header,
}

/// <summary>Answers itself; nothing after it runs.</summary>
/// <param name="Status">200..599.</param>
public sealed record DirectResponseFilter(
    string Name, int Status, ImmutableArray<HeaderValue> Headers, string Body) : ExtensionFilter(Name);

/// <summary>Answers 403 to clients in <paramref name="Deny"/>, and to those not in <paramref name="Allow"/> when that is not empty.</summary>
/// <param name="Allow">CIDRs in canonical text.</param>
/// <param name="Deny">CIDRs in canonical text.</param>
public sealed record IpAccessFilter(string Name, ImmutableArray<string> Allow, ImmutableArray<string> Deny) : ExtensionFilter(Name);

/// <summary>HTTP Basic authentication (RFC 7617); 401 for all but <paramref name="Users"/>.</summary>
/// <param name="Users">Sorted by name; names are unique.</param>
public sealed record BasicAuthFilter(string Name, string Realm, ImmutableArray<BasicAuthUser> Users) : ExtensionFilter(Name);

/// <param name="Iterations">Only for <see cref="PasswordScheme.Pbkdf2Sha256"/>: 1..1,000,000.</param>
/// <param name="Salt">Base64. Sha1 and Sha256 hash the salt, then the password.</param>
/// <param name="Hash">Base64.</param>
public sealed record BasicAuthUser(string Name, PasswordScheme Scheme, int Iterations, string Salt, string Hash);

public enum PasswordScheme
{
    Sha1,
    Sha256,
    Pbkdf2Sha256,
}

/// <summary>Answers 413 to request bodies of more than <paramref name="Bytes"/>, announced or not.</summary>
public sealed record RequestSizeFilter(string Name, long Bytes) : ExtensionFilter(Name);

/// <summary>Compresses answers for clients that ask for it.</summary>
/// <param name="Codings">"br" and "gzip", the preferred first.</param>
/// <param name="MinBytes">Shorter answers are left alone; those of unknown length are compressed.</param>
/// <param name="ContentTypes">Lower case, without parameters; <c>text/*</c> takes all subtypes.</param>
public sealed record CompressionFilter(
    string Name, ImmutableArray<string> Codings, long MinBytes, ImmutableArray<string> ContentTypes) : ExtensionFilter(Name);
