using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;
using NodeAgent.Translator.Graph.Routes;

namespace NodeAgent.Translator.Graph.Extensions;

/// <summary>An HTTPFilter in the data plane's words.</summary>
internal static class ExtensionFilterCompilation
{
    /// <returns>Exactly one of the two is null.</returns>
    public static (ExtensionFilter? Filter, Problem? Problem) Compile(HttpFilter filter, ObjectIndex index)
    {
        string name = filter.Meta.Key;
        return filter switch
        {
            { RateLimit: RateLimitSpec limit } => (RateLimit(name, limit), null),
            { DirectResponse: DirectResponseSpec response } => DirectResponse(name, response),
            { IpAccess: IpAccessSpec access } => (new IpAccessFilter(name, Ranges(access.Allow), Ranges(access.Deny)), null),
            { BasicAuth: BasicAuthSpec auth } => BasicAuth(filter.Meta.Namespace, name, auth, index),
            { MaxRequestBytes: long bytes } => (new RequestSizeFilter(name, bytes), null),
            { Compression: CompressionSpec compression } =>
                (new CompressionFilter(name, compression.Codings, compression.MinBytes, compression.ContentTypes), null),
            _ => (null, new Problem(Reasons.InvalidExtension, "says nothing that could be done")),
        };
    }

    private static RateLimitFilter RateLimit(string name, RateLimitSpec limit) => new(
        name,
        limit.Requests,
        limit.Unit switch { "Second" => 1, "Minute" => 60, _ => 3600 },
        limit.Burst ?? limit.Requests,
        limit.Key?.Type switch { null => RateLimitKey.None, "ClientIP" => RateLimitKey.ClientIp, _ => RateLimitKey.Header },
        limit.Key?.Header?.ToLowerInvariant(),
        limit.MaxKeys);

    private static (ExtensionFilter? Filter, Problem? Problem) DirectResponse(string name, DirectResponseSpec response)
    {
        var headers = new HeaderModifier(response.Headers, [], []);
        return HeaderFilters.Check(headers) is Problem problem
            ? (null, problem with { Reason = Reasons.InvalidExtension, Field = "spec.directResponse.headers" })
            : (new DirectResponseFilter(name, response.Status, HeaderFilters.Edits(headers).Set, response.Body), null);
    }

    private static (ExtensionFilter? Filter, Problem? Problem) BasicAuth(string ns, string name, BasicAuthSpec auth, ObjectIndex index)
    {
        const string field = "spec.basicAuth.secretRef";
        if (index.Find<Secret>(ns, auth.SecretName) is not Secret secret)
        {
            return (null, new Problem(Reasons.InvalidExtension, $"Secret {ns}/{auth.SecretName} does not exist") { Field = field });
        }

        (ImmutableArray<BasicAuthUser> users, string? mistake) = PasswordFile.Read(secret);
        return mistake is null
            ? (new BasicAuthFilter(name, auth.Realm, users), null)
            : (null, new Problem(Reasons.InvalidExtension, $"Secret {ns}/{auth.SecretName}: {mistake}") { Field = field });
    }

    private static ImmutableArray<string> Ranges(ImmutableArray<string> ranges) =>
        [.. ranges.Select(r => CidrText.Canonical(r)!).Distinct().Order(StringComparer.Ordinal)];
}
