using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>A certificate authority, and what it signs.</summary>
internal sealed class TestAuthority
{
    private readonly X509Certificate2 _authority;

    public TestAuthority(string name = "CN=test-authority")
    {
        var request = new CertificateRequest(name, ECDsa.Create(ECCurve.NamedCurves.nistP256), HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        _authority = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(10));
    }

    public string Pem => _authority.ExportCertificatePem();

    public X509Certificate2 Server(Action<SubjectAlternativeNameBuilder> names)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        names(alternatives);
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(alternatives.Build());
        using X509Certificate2 signed = Sign(request, "1.3.6.1.5.5.7.3.1");
        return signed.CopyWithPrivateKey(key);
    }

    public X509Certificate2 ServerOnLoopback() => Server(names => names.AddIpAddress(IPAddress.Loopback));

    /// <param name="form"><c>pkcs1</c>, <c>pkcs8</c> (both RSA) or <c>ec</c>.</param>
    public (string Certificate, string Key) Client(string name, string form)
    {
        using RSA rsa = RSA.Create(2048);
        using var ec = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        CertificateRequest request = form == "ec"
            ? new CertificateRequest($"CN={name}", ec, HashAlgorithmName.SHA256)
            : new CertificateRequest($"CN={name}", rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 signed = Sign(request, "1.3.6.1.5.5.7.3.2");
        string key = form switch { "ec" => ec.ExportECPrivateKeyPem(), "pkcs1" => rsa.ExportRSAPrivateKeyPem(), _ => rsa.ExportPkcs8PrivateKeyPem() };
        return (signed.ExportCertificatePem(), key);
    }

    private X509Certificate2 Sign(CertificateRequest request, string usage)
    {
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        return request.Create(_authority.SubjectName, X509SignatureGenerator.CreateForECDsa(_authority.GetECDsaPrivateKey()!), DateTimeOffset.UtcNow.AddHours(-1), DateTimeOffset.UtcNow.AddDays(5), RandomNumberGenerator.GetBytes(12));
    }
}
