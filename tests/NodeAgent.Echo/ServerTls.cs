using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Echo;

/// <summary>What the TLS sockets of an echo present and ask for.</summary>
/// <param name="Certificate">With its private key.</param>
/// <param name="ClientAuthorities">Clients are asked for a certificate, and one that is given must be of these; null does not ask.</param>
public sealed record ServerTls(X509Certificate2 Certificate, X509Certificate2Collection? ClientAuthorities = null)
{
    /// <param name="certificate">PEM, the server's own first.</param>
    /// <param name="key">PEM.</param>
    /// <param name="clientAuthorities">PEM, or null.</param>
    /// <exception cref="System.Security.Cryptography.CryptographicException">One of them is no PEM of its kind.</exception>
    public static ServerTls FromPem(string certificate, string key, string? clientAuthorities = null)
    {
        X509Certificate2Collection? authorities = null;
        if (clientAuthorities is not null)
        {
            authorities = [];
            authorities.ImportFromPem(clientAuthorities);
        }

        return new ServerTls(X509Certificate2.CreateFromPem(certificate, key), authorities);
    }

    internal bool Trusts(X509Certificate2 client)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(ClientAuthorities ?? []);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(client);
    }
}
