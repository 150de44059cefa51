using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

internal static class ExternalAuthFilters
{
    public static Problem? Check(ExternalAuth auth)
    {
        if (auth.Protocol is not ("HTTP" or "GRPC"))
        {
            return new Problem(Reasons.UnsupportedValue, $"external auth protocol {auth.Protocol} is not HTTP or GRPC");
        }

        string? bad = auth.AllowedHeaders.Concat(auth.AllowedResponseHeaders).FirstOrDefault(h => !HeaderFilters.IsName(h));
        if (bad is not null)
        {
            return new Problem(Reasons.UnsupportedValue, $"\"{bad}\" is no header name");
        }

        // Two paths are joined here: dots in the first would lead out of it.
        return auth.Path.Split('/').Any(s => s is "." or "..")
            ? new Problem(Reasons.UnsupportedValue, $"external auth path {auth.Path} has a segment '.' or '..'")
            : null;
    }

    /// <summary>Without the backend, which is found when the route's references are.</summary>
    public static ExternalAuthFilter Of(ExternalAuth auth) => new(
        auth.Protocol == "GRPC" ? ExternalAuthProtocol.Grpc : ExternalAuthProtocol.Http,
        Backend: "",
        auth.Path.Trim('/') is { Length: > 0 } path ? $"/{path}" : null,
        Names(auth.AllowedHeaders),
        Names(auth.AllowedResponseHeaders),
        auth.MaxBodySize);

    private static ImmutableArray<string> Names(ImmutableArray<string> headers) =>
        [.. headers.Select(h => h.ToLowerInvariant()).Distinct()];
}
