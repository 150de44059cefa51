using System.Collections.Concurrent;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.TestCluster.Access;

/// <summary>Finds out who asks.</summary>
internal sealed class Authentication(TestApiServerOptions options)
{
    private readonly ConcurrentDictionary<string, ApiUser> tokens = new(options.Tokens);

    public static ApiUser Administrator { get; } = new("kubernetes-admin") { Groups = ["system:masters"] };

    public ClusterCertificates? Certificates { get; set; }

    public void Add(string token, ApiUser user) => tokens[token] = user;

    public void Remove(string token) => tokens.TryRemove(token, out _);

    public ApiUser? UserOfToken(string token) => tokens.GetValueOrDefault(token);

    /// <returns>Null when the request must be refused with 401.</returns>
    public ApiUser? UserOf(string? authorization, X509Certificate2? certificate)
    {
        if (authorization is { Length: > 0 })
        {
            return authorization.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) ? UserOfToken(authorization["Bearer ".Length..].Trim()) : null;
        }

        return certificate is not null && Certificates?.UserOf(certificate) is { } user
            ? user
            : options.Anonymous ? new ApiUser("system:anonymous") { Groups = ["system:unauthenticated"] } : null;
    }
}
