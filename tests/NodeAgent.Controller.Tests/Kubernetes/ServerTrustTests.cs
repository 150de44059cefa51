using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using NodeAgent.Controller.Sources.Kubernetes;
using static NodeAgent.Controller.Tests.Kubernetes.ClusterAccessTests;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>An authority between the root and the server is all that many clusters name, and it is as good as a root.</summary>
public sealed class ServerTrustTests : IDisposable
{
    private readonly TempFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task AnAuthorityThatIsNoRootIsTrusted(int sent)
    {
        using X509Certificate2 root = Root("CN=root");
        using X509Certificate2 between = Authority("CN=between", root);
        using X509Certificate2 leaf = Leaf(between);
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            context => ScriptedServer.SendAsync(context, """{"who":"it"}"""), leaf, chain: sent == 0 ? [] : sent == 1 ? [between] : [between, root]);

        Assert.Equal("it", await AskAsync(Client(server.Url, between.ExportCertificatePem())));
    }

    [Fact]
    public async Task ARootIsTrustedWhoseServerShowsTheAuthorityBetween()
    {
        using X509Certificate2 root = Root("CN=root");
        using X509Certificate2 between = Authority("CN=between", root);
        using X509Certificate2 leaf = Leaf(between);
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            context => ScriptedServer.SendAsync(context, """{"who":"it"}"""), leaf, chain: [between]);

        Assert.Equal("it", await AskAsync(Client(server.Url, root.ExportCertificatePem())));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    public async Task AnAuthorityOfTheSameNameIsNotTrusted(int sent)
    {
        using X509Certificate2 root = Root("CN=root");
        using X509Certificate2 between = Authority("CN=between", root);
        using X509Certificate2 otherRoot = Root("CN=root");
        using X509Certificate2 other = Authority("CN=between", otherRoot);
        using X509Certificate2 leaf = Leaf(other);
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            context => ScriptedServer.SendAsync(context, """{"who":"it"}"""), leaf, chain: sent == 0 ? [] : sent == 1 ? [other] : [between, other]);

        await RefusedAsync(server, between.ExportCertificatePem());
    }

    [Fact]
    public async Task AServerIsNoAuthority()
    {
        using X509Certificate2 root = Root("CN=root");
        using X509Certificate2 trusted = Leaf(root);
        using X509Certificate2 forged = Leaf(trusted);
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            context => ScriptedServer.SendAsync(context, """{"who":"it"}"""), forged, chain: [trusted]);

        await RefusedAsync(server, root.ExportCertificatePem());
        await RefusedAsync(server, trusted.ExportCertificatePem());
    }

    [Fact]
    public async Task AnAuthorityThatIsNoRootDoesNotMakeAnExpiredServerGood()
    {
        using X509Certificate2 root = Root("CN=root");
        using X509Certificate2 between = Authority("CN=between", root);
        using X509Certificate2 leaf = Leaf(between, expired: true);
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            context => ScriptedServer.SendAsync(context, """{"who":"it"}"""), leaf, chain: [between]);

        await RefusedAsync(server, between.ExportCertificatePem());
    }

    [Fact]
    public async Task AuthoritiesAreReadForEachConnectionAndCountWhileTheirFileIsHalfWritten()
    {
        using X509Certificate2 root = Root("CN=root");
        using X509Certificate2 leaf = Leaf(root);
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            context =>
            {
                context.Response.Headers.Connection = "close";
                return ScriptedServer.SendAsync(context, """{"who":"it"}""");
            },
            leaf,
            protocols: HttpProtocols.Http1);
        await using KubernetesClient client = Client(server.Url, root.ExportCertificatePem());
        Assert.Equal("it", await AskAsync(client));
        foreach (string half in (string[])["", root.ExportCertificatePem()[..100]])
        {
            _folder.Write("ca.crt", half);
            Assert.Equal("it", await AskAsync(client));
        }

        using X509Certificate2 other = Root("CN=root");
        _folder.Write("ca.crt", other.ExportCertificatePem());
        Assert.Equal(0, (await client.GetDocumentAsync("/version", CancellationToken.None).SoonAsync()).Status);
        foreach ((X509Certificate2 first, X509Certificate2 second) in new[] { (other, root), (root, other) })
        {
            _folder.Write("ca.crt", first.ExportCertificatePem() + "\n" + second.ExportCertificatePem());
            Assert.Equal("it", await AskAsync(client));
        }
    }

    private async Task RefusedAsync(ScriptedServer server, string authority)
    {
        await using KubernetesClient client = Client(server.Url, authority);
        ApiAnswer answer = await client.GetDocumentAsync("/version", CancellationToken.None).SoonAsync();
        Assert.Equal(0, answer.Status);
        Assert.Contains("not of the cluster's certificate-authority (", answer.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    private KubernetesClient Client(Uri server, string authority)
    {
        _folder.Write("ca.crt", authority);
        _folder.Write("config", Config(server, "certificate-authority: ca.crt", "token: abc"));
        AccessResult result = ClusterAccess.FromKubeconfig(_folder["config"]);
        Assert.Equal("", result.Problem);
        return new KubernetesClient(result.Access!);
    }

    private static X509Certificate2 Root(string name)
    {
        CertificateRequest request = Request(name, isAuthority: true);
        return request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-2), DateTimeOffset.UtcNow.AddDays(10));
    }

    private static X509Certificate2 Authority(string name, X509Certificate2 issuer) => Signed(Request(name, isAuthority: true, out ECDsa key), key, issuer, expired: false);

    private static X509Certificate2 Leaf(X509Certificate2 issuer, bool expired = false)
    {
        CertificateRequest request = Request("CN=server", isAuthority: false, out ECDsa key);
        var names = new SubjectAlternativeNameBuilder();
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([new Oid("1.3.6.1.5.5.7.3.1")], false));
        return Signed(request, key, issuer, expired);
    }

    private static X509Certificate2 Signed(CertificateRequest request, ECDsa key, X509Certificate2 issuer, bool expired)
    {
        using X509Certificate2 signed = request.Create(
            issuer.SubjectName, X509SignatureGenerator.CreateForECDsa(issuer.GetECDsaPrivateKey()!),
            DateTimeOffset.UtcNow.AddDays(-1), expired ? DateTimeOffset.UtcNow.AddHours(-1) : DateTimeOffset.UtcNow.AddDays(5), RandomNumberGenerator.GetBytes(12));
        return signed.CopyWithPrivateKey(key);
    }

    private static CertificateRequest Request(string name, bool isAuthority) => Request(name, isAuthority, out _);

    private static CertificateRequest Request(string name, bool isAuthority, out ECDsa key)
    {
        key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(isAuthority, false, 0, true));
        if (isAuthority)
        {
            request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign, true));
        }

        return request;
    }
}
