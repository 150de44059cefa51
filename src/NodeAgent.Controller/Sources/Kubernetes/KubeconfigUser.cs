using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>What a user of a kubeconfig file shows to the server.</summary>
internal static class KubeconfigUser
{
    public static ICredentialSource Credentials(KubeconfigEntry user, KubeconfigEntry cluster, Uri server, TimeProvider time)
    {
        Func<X509Certificate2Collection>? certificate = CertificateOf(user);
        string? authorization = null;
        string? tokenFile = user.FileOf("tokenFile");
        if (tokenFile is not null)
        {
            try
            {
                File.ReadAllText(tokenFile);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                throw user.Mistake("tokenFile", $"cannot be read: {FieldPath.OneLine(e.Message)}");
            }
        }
        else if (user.Text("token") is { Length: > 0 } token)
        {
            authorization = IsToken(token) ? $"Bearer {token}" : throw user.Mistake("token", "has characters that no token has");
        }
        else if (user.Text("username") is { Length: > 0 } name)
        {
            authorization = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{name}:{user.Text("password")}"));
        }

        if (user.Inner("exec") is KubeconfigEntry exec)
        {
            // As kubectl has it, a token that is given wins over a program that would make one.
            return authorization is null && tokenFile is null
                ? ExecCredential.Of(exec, cluster, server, time)
                : new FileCredential(tokenFile, authorization, certificate, time);
        }

        if (user.Find("auth-provider") is not null)
        {
            throw user.Mistake("auth-provider", "is not supported (Kubernetes removed it in 1.26), use exec");
        }

        bool files = tokenFile is not null || user.IsFile("client-certificate") || user.IsFile("client-key");
        return files
            ? new FileCredential(tokenFile, authorization, certificate, time)
            : new FixedCredential(new Credential(authorization, certificate?.Invoke()));
    }

    public static ImmutableArray<(string Name, string Value)> Impersonation(KubeconfigEntry user)
    {
        var headers = ImmutableArray.CreateBuilder<(string, string)>();
        if (user.Text("as") is { Length: > 0 } name)
        {
            headers.Add(("Impersonate-User", name));
        }

        if (user.Text("as-uid") is { Length: > 0 } uid)
        {
            headers.Add(("Impersonate-Uid", uid));
        }

        headers.AddRange(user.Texts("as-groups").Select(group => ("Impersonate-Group", group)));
        return headers.ToImmutable();
    }

    public static bool HoldsCertificates(string pem)
    {
        try
        {
            var found = new X509Certificate2Collection();
            found.ImportFromPem(pem);
            return found.Count > 0;
        }
        catch (CryptographicException)
        {
            return false;
        }
    }

    /// <exception cref="CryptographicException">The key is not that of the certificate, or one of them cannot be read.</exception>
    public static X509Certificate2Collection WithKey(string certificatePem, string keyPem)
    {
        var chain = new X509Certificate2Collection();
        chain.ImportFromPem(certificatePem);
        if (chain.Count == 0)
        {
            throw new CryptographicException("no certificate in PEM");
        }

        chain[0] = X509Certificate2.CreateFromPem(certificatePem, keyPem);
        return chain;
    }

    private static Func<X509Certificate2Collection>? CertificateOf(KubeconfigEntry user)
    {
        Func<byte[]>? certificate = user.DataOrFile("client-certificate");
        Func<byte[]>? key = user.DataOrFile("client-key");
        if (certificate is null && key is null)
        {
            return null;
        }

        if (certificate is null || key is null)
        {
            throw certificate is null
                ? user.Mistake("client-key", "needs client-certificate as well")
                : user.Mistake("client-certificate", "needs client-key as well");
        }

        if (!HoldsCertificates(Encoding.UTF8.GetString(certificate())))
        {
            throw user.Mistake("client-certificate", "holds no certificate in PEM");
        }

        Func<X509Certificate2Collection> read = () => WithKey(Encoding.UTF8.GetString(certificate()), Encoding.UTF8.GetString(key()));
        try
        {
            read();
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException)
        {
            throw user.Mistake("client-key", "is no unencrypted key in PEM that belongs to client-certificate");
        }

        return read;
    }

    /// <summary>Fit for a header.</summary>
    public static bool IsToken(string text) => text.All(c => c is > ' ' and < (char)127);
}
