using System.Net.Security;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>Decides whether a server is the API server: by the cluster's own certificate authorities, or by those of the machine.</summary>
/// <param name="authorities">PEM of the cluster's own; null for those of the machine. May throw what reading a file throws.</param>
/// <param name="insecure">Takes any server.</param>
internal sealed class ServerTrust(Func<string>? authorities, bool insecure)
{
    private readonly Lock _lock = new();
    private string _pem = "";
    private X509Certificate2Collection _parsed = [];

    /// <summary>Why the server that was looked at last is not trusted; empty where it is.</summary>
    public string Refusal { get; private set; } = "";

    public bool IsTrusted(X509Certificate? certificate, X509Chain? presented, SslPolicyErrors errors)
    {
        Refusal = "";
        if (insecure || errors == SslPolicyErrors.None && authorities is null)
        {
            return true;
        }

        // The name is checked in any case; only who vouches for it is the cluster's own affair.
        if ((errors & SslPolicyErrors.RemoteCertificateNameMismatch) != 0)
        {
            Refusal = "the server's certificate is for another name, correct server or tls-server-name";
            return false;
        }

        if (authorities is null || certificate is not X509Certificate2 server)
        {
            Refusal = "the server's certificate is of no authority that this machine trusts, set certificate-authority";
            return false;
        }

        // While a cluster exchanges its authority, both bear the same name, and not every chain tells which of them it means.
        X509Certificate2Collection all = Authorities();
        string? reasons = Wrong(server, presented, all);
        if (reasons is not null && !(all.Count > 1 && all.Any(one => Wrong(server, presented, [one]) is null)))
        {
            Refusal = $"the server's certificate is not valid or not of the cluster's certificate-authority ({reasons})";
            return false;
        }

        return true;
    }

    /// <returns>What is wrong with a server's certificate; null where nothing is.</returns>
    private static string? Wrong(X509Certificate2 server, X509Chain? presented, X509Certificate2Collection trusted)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        chain.ChainPolicy.DisableCertificateDownloads = true;
        chain.ChainPolicy.ApplicationPolicy.Add(new Oid("1.3.6.1.5.5.7.3.1", "server authentication"));
        foreach (X509ChainElement element in presented?.ChainElements ?? Enumerable.Empty<X509ChainElement>())
        {
            chain.ChainPolicy.ExtraStore.Add(element.Certificate);
        }

        if (presented is not null)
        {
            chain.ChainPolicy.ExtraStore.AddRange(presented.ChainPolicy.ExtraStore);
        }

        return chain.Build(server) || HasAuthority(chain, trusted)
            ? null
            : string.Join(", ", chain.ChainStatus.Select(status => status.Status).Distinct());
    }

    /// <summary>
    /// An authority that is no root is trusted like one, whoever vouches for it: only what is wrong below it, or with
    /// it, counts.
    /// </summary>
    private static bool HasAuthority(X509Chain chain, X509Certificate2Collection trusted)
    {
        foreach (X509ChainElement element in chain.ChainElements)
        {
            if (!element.ChainElementStatus.All(status => status.Status == X509ChainStatusFlags.PartialChain))
            {
                return false;
            }

            if (trusted.Any(authority => authority.RawDataMemory.Span.SequenceEqual(element.Certificate.RawDataMemory.Span)))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Read for each new connection, so that renewed authorities are known at once; parsed when they changed.</summary>
    private X509Certificate2Collection Authorities()
    {
        lock (_lock)
        {
            string pem;
            try
            {
                pem = authorities!();
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                return _parsed;
            }

            if (pem != _pem)
            {
                var parsed = new X509Certificate2Collection();
                try
                {
                    parsed.ImportFromPem(pem);
                }
                catch (CryptographicException)
                {
                    return _parsed;
                }

                // What is half written holds none: those before go on to count.
                (_pem, _parsed) = parsed.Count > 0 ? (pem, parsed) : (_pem, _parsed);
            }

            return _parsed;
        }
    }
}
