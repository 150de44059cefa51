using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.TestCluster.Access;

/// <summary>Finds out who asks.</summary>
internal sealed class Authentication(TestApiServerOptions options)
{
    /// <summary>The audience of tokens for the server itself; also who issues them.</summary>
    public const string ServerAudience = "https://kubernetes.default.svc.cluster.local";

    private readonly ConcurrentDictionary<string, ApiUser> tokens = new(options.Tokens);

    /// <summary>Tokens the server made, and whether they are still good.</summary>
    private readonly ConcurrentDictionary<string, (ApiUser User, Func<bool> IsGood)> issued = new();

    public static ApiUser Administrator { get; } = new("kubernetes-admin") { Groups = ["system:masters"] };

    public ClusterCertificates? Certificates { get; set; }

    public void Add(string token, ApiUser user) => tokens[token] = user;

    public void Remove(string token) => tokens.TryRemove(token, out _);

    public void Issue(string token, ApiUser user, Func<bool> isGood) => issued[token] = (user, isGood);

    /// <returns>Null when the token is not good, whatever its audiences.</returns>
    public ApiUser? UserOfToken(string token) =>
        issued.TryGetValue(token, out (ApiUser User, Func<bool> IsGood) found) ? found.IsGood() ? found.User : null : tokens.GetValueOrDefault(token);

    /// <returns>Null when the request must be refused with 401.</returns>
    public ApiUser? UserOf(string? authorization, X509Certificate2? certificate)
    {
        if (authorization is { Length: > 0 })
        {
            string token = authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? authorization["Bearer ".Length..].Trim() : "";
            return UserOfToken(token) is { } bearer && (!issued.ContainsKey(token) || bearer.Audiences.Contains(ServerAudience)) ? bearer : null;
        }

        return certificate is not null && Certificates?.UserOf(certificate) is { } user
            ? user
            : options.Anonymous ? new ApiUser("system:anonymous") { Groups = ["system:unauthenticated"] } : null;
    }
}
