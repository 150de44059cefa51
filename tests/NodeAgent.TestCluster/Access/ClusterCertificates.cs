using System.Net;
using System.Net.NetworkInformation;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.TestCluster.Access;

/// <summary>The server's own certificate authority and what it signed.</summary>
internal sealed class ClusterCertificates : IDisposable
{
    private readonly X509Certificate2 authority;

    public ClusterCertificates(IPAddress address, IEnumerable<string> names)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=test-cluster-ca", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        authority = request.CreateSelfSigned(From, Until);
        AuthorityPem = authority.ExportCertificatePem();
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (IPAddress own in Addresses(address))
        {
            alternatives.AddIpAddress(own);
        }

        foreach (string name in (string[])["localhost", "kubernetes", "kubernetes.default", "kubernetes.default.svc", "kubernetes.default.svc.cluster.local", .. names])
        {
            if (IPAddress.TryParse(name, out IPAddress? given))
            {
                alternatives.AddIpAddress(given);
            }
            else
            {
                alternatives.AddDnsName(name);
            }
        }

        (string cert, string serverKey) = Sign("CN=kube-apiserver", "1.3.6.1.5.5.7.3.1", alternatives.Build());
        using X509Certificate2 made = X509Certificate2.CreateFromPem(cert, serverKey);

        // Through PKCS#12: TLS needs a key that is held in a store of its own.
        Server = X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null);
    }

    public string AuthorityPem { get; }

    public X509Certificate2 Server { get; }

    private static DateTimeOffset From => DateTimeOffset.UtcNow.AddDays(-1);

    private static DateTimeOffset Until => DateTimeOffset.UtcNow.AddYears(10);

    /// <summary>Under which addresses a server is reached that listens on this one.</summary>
    private static IEnumerable<IPAddress> Addresses(IPAddress listen)
    {
        bool everywhere = listen.Equals(IPAddress.Any) || listen.Equals(IPAddress.IPv6Any);
        IEnumerable<IPAddress> found = everywhere
            ? NetworkInterface.GetAllNetworkInterfaces().SelectMany(i => i.GetIPProperties().UnicastAddresses).Select(a => a.Address).Where(a => a.AddressFamily == AddressFamily.InterNetwork || a.ScopeId == 0)
            : [listen];
        return found.Append(IPAddress.Loopback).Append(IPAddress.IPv6Loopback).Distinct();
    }

    /// <summary>A client certificate: the user is its common name, the groups are its organizations.</summary>
    public (string CertificatePem, string KeyPem) Client(string user, IEnumerable<string> groups)
    {
        var name = new X500DistinguishedNameBuilder();
        foreach (string group in groups)
        {
            name.AddOrganizationName(group);
        }

        name.AddCommonName(user);
        return Sign(name.Build().Name, "1.3.6.1.5.5.7.3.2", null);
    }

    /// <summary>Who a client certificate stands for; null when it is not ours.</summary>
    public ApiUser? UserOf(X509Certificate2 certificate)
    {
        using var chain = new X509Chain();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.Add(authority);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        if (!chain.Build(certificate))
        {
            return null;
        }

        string[] groups = [.. certificate.SubjectName.EnumerateRelativeDistinguishedNames().Where(p => p.GetSingleElementType().Value == "2.5.4.10").Select(p => p.GetSingleElementValue() ?? "")];
        return new ApiUser(certificate.GetNameInfo(X509NameType.SimpleName, false)) { Groups = [.. groups] };
    }

    public void Dispose()
    {
        authority.Dispose();
        Server.Dispose();
    }

    private (string CertificatePem, string KeyPem) Sign(string subject, string usage, X509Extension? alternatives)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(new X500DistinguishedName(subject), key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid(usage)], false));
        if (alternatives is not null)
        {
            request.CertificateExtensions.Add(alternatives);
        }

        using X509Certificate2 signed = request.Create(authority, From.AddHours(1), Until.AddDays(-1), RandomNumberGenerator.GetBytes(12));
        return (signed.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
