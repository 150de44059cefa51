using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.Conformance.Traffic;

namespace NodeAgent.Conformance.Tests.Traffic;

/// <summary>The client's side of one TLS handshake, strict as the suite's: the chain must hold, and the name.</summary>
internal sealed class TlsClient
{
    /// <summary>The certificate of every HTTPS listener of the suite; it signs itself.</summary>
    private const string UsualTrust = "tls-validity-checks-certificate";

    private readonly X509Certificate2Collection trusted;
    private readonly X509Certificate2? certificate;

    public TlsClient(TlsUse use, string serverName, ILiveWorld world)
    {
        ServerName = serverName;
        trusted = Trusted(use.Trust ?? UsualTrust, world);
        if (use.Certificate is string secret)
        {
            (string chain, string key) = Pair(secret, world);
            using X509Certificate2 parsed = X509Certificate2.CreateFromPem(chain, key);
            certificate = X509CertificateLoader.LoadPkcs12(parsed.Export(X509ContentType.Pkcs12), null);
        }
    }

    public string ServerName { get; }

    /// <summary>True once the server has asked for a certificate.</summary>
    public bool Asked { get; private set; }

    public SslClientAuthenticationOptions Options(params SslApplicationProtocol[] protocols) => new()
    {
        TargetHost = ServerName,
        ApplicationProtocols = protocols.Length == 0 ? null : [.. protocols],
        RemoteCertificateValidationCallback = (_, presented, _, _) =>
            presented is X509Certificate2 server && IsTrusted(server) && NamesOf(server).Any(name => Covers(name, ServerName)),
        LocalCertificateSelectionCallback = (_, _, _, server, issuers) =>
        {
            // The first call comes before the handshake and knows no server yet.
            Asked |= server is not null || issuers.Length > 0;
            return certificate!;
        },
    };

    /// <summary>The certificate of a Secret as PEM.</summary>
    public static string PemOf(string secret, ILiveWorld world) => Pair(secret, world).Certificate;

    private static X509Certificate2Collection Trusted(string name, ILiveWorld world)
    {
        string full = LiveRequest.FullName(name);
        string pem = (string?)world.Document($"ConfigMap {full}")?["data"]?["ca.crt"] ?? Pair(name, world).Certificate;
        X509Certificate2Collection all = [];
        all.ImportFromPem(pem);
        return all;
    }

    private static (string Certificate, string Key) Pair(string name, ILiveWorld world)
    {
        JsonNode data = world.Document($"Secret {LiveRequest.FullName(name)}")?["data"]
            ?? throw new InvalidOperationException($"there is no Secret {name}");
        return (Decoded(data["tls.crt"]), Decoded(data["tls.key"]));
    }

    private static string Decoded(JsonNode? base64) => Encoding.ASCII.GetString(Convert.FromBase64String((string)base64!));

    private bool IsTrusted(X509Certificate2 server)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(trusted);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(server);
    }

    private static IEnumerable<string> NamesOf(X509Certificate2 certificate) =>
        certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames());

    /// <summary>A first label * stands for any one label (RFC 6125 6.4.3), in *.org too, which some libraries refuse.</summary>
    private static bool Covers(string pattern, string name)
    {
        string[] wanted = pattern.Split('.');
        string[] given = name.Split('.');
        return wanted.Length == given.Length
            && wanted.Zip(given).Select((pair, at) => (at == 0 && pair.First == "*") || pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase)).All(same => same);
    }
}
