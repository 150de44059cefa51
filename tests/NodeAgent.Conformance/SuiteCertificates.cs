using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.Conformance;

/// <summary>The Secrets and ConfigMaps that the suite makes when it starts, with certificates of today.</summary>
public static class SuiteCertificates
{
    private const string Infra = "gateway-conformance-infra";
    private const string Web = "gateway-conformance-web-backend";
    private const string App = "gateway-conformance-app-backend";

    private static readonly Lazy<JsonNode[]> All = new(() => [.. Make()]);

    public static IEnumerable<JsonNode> Objects => All.Value.Select(o => o.DeepClone());

    private static IEnumerable<JsonNode> Make()
    {
        using X509Certificate2 validity = Authority("validity");
        using X509Certificate2 perPort = Authority("per port");
        using X509Certificate2 checks = Authority("checks");
        using X509Certificate2 mismatch = Authority("mismatch");
        using X509Certificate2 web = Authority("web");
        yield return Secret(Web, "certificate", null, "*");
        yield return Secret(Infra, "tls-validity-checks-certificate", null, "*", "*.org", "*.wildcard.org");
        yield return Bundle(Web, "web-backend-cm", web);
        yield return Bundle(Infra, "tls-validity-checks-ca-certificate", validity);
        yield return Secret(Infra, "tls-validity-checks-client-certificate", validity, "client.example.org");
        yield return Bundle(Infra, "tls-validity-checks-per-port-ca-certificate", perPort);
        yield return Secret(Infra, "tls-validity-checks-per-port-client-certificate", perPort, "client.example.org");
        yield return Bundle(Infra, "tls-checks-ca-certificate", checks);
        yield return Secret(Infra, "tls-checks-certificate", checks, "abc.example.com", "other.example.com", "spiffe://abc.example.com/test-identity");
        yield return Secret(Infra, "tls-checks-client-certificate", checks, "client.example.org");
        yield return Secret(Infra, "tls-passthrough-checks-certificate", checks, "abc.example.com");
        yield return Secret(App, "tls-passthrough-checks-certificate", checks, "abc.example.com");
        yield return Secret(Infra, "tls-terminate-checks-certificate", checks, "tls.example.com");
        yield return Bundle(Infra, "mismatch-ca-certificate", mismatch);
    }

    private static X509Certificate2 Authority(string name)
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest($"CN={name}, O=Acme Co", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(certificateAuthority: true, false, 0, critical: true));
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddYears(1));
    }

    /// <param name="authority">Null: signs itself.</param>
    /// <param name="names">DNS names, or a URI.</param>
    private static JsonObject Secret(string ns, string name, X509Certificate2? authority, params string[] names)
    {
        using RSA key = RSA.Create(2048);
        var request = new CertificateRequest("CN=default, O=Acme Co", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (string alternative in names)
        {
            if (alternative.Contains("://", StringComparison.Ordinal))
            {
                alternatives.AddUri(new Uri(alternative));
            }
            else
            {
                alternatives.AddDnsName(alternative);
            }
        }

        request.CertificateExtensions.Add(alternatives.Build());
        DateTimeOffset from = DateTimeOffset.UtcNow.AddMinutes(-30);
        using X509Certificate2 certificate = authority is null
            ? request.CreateSelfSigned(from, from.AddDays(300))
            : request.Create(authority, from, from.AddDays(300), RandomNumberGenerator.GetBytes(8));
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Secret",
            ["metadata"] = new JsonObject { ["namespace"] = ns, ["name"] = name },
            ["type"] = "kubernetes.io/tls",
            ["data"] = new JsonObject
            {
                ["tls.crt"] = Base64(certificate.ExportCertificatePem()),
                ["tls.key"] = Base64(key.ExportPkcs8PrivateKeyPem()),
            },
        };
    }

    private static JsonObject Bundle(string ns, string name, X509Certificate2 authority) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "ConfigMap",
        ["metadata"] = new JsonObject { ["namespace"] = ns, ["name"] = name },
        ["data"] = new JsonObject { ["ca.crt"] = authority.ExportCertificatePem() },
    };

    private static string Base64(string text) => Convert.ToBase64String(Encoding.ASCII.GetBytes(text));
}
