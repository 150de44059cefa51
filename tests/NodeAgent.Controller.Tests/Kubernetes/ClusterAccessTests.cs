using System.Diagnostics;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Http;
using NodeAgent.Controller.Sources.Kubernetes;
using static NodeAgent.Controller.Tests.Kubernetes.KubeconfigTests;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>Real TLS: who is trusted, and what is shown.</summary>
public sealed class ClusterAccessTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly TestAuthority _authority = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AServerOfTheClustersAuthorityIsSpokenToOverHttp2()
    {
        await using ScriptedServer server = await WhoAsync(_authority.ServerOnLoopback());
        _folder.Write("pki/ca.crt", "some words before\n" + _authority.Pem);
        Assert.Equal("HTTP/2 Bearer abc ", await AskAsync(Config(server.Url, "certificate-authority: pki/ca.crt", "token: abc")));
    }

    [Fact]
    public async Task AServerOfAnotherAuthorityIsRefused()
    {
        await using ScriptedServer server = await WhoAsync(new TestAuthority().ServerOnLoopback());
        ApiAnswer answer = await AnswerAsync(Config(server.Url, $"certificate-authority-data: {Base64(_authority.Pem)}", "token: abc"));
        Assert.Equal(0, answer.Status);
        Assert.Contains("/version: the server's certificate is not valid or not of the cluster's certificate-authority (", answer.Message, StringComparison.Ordinal);
        Assert.EndsWith($"), see kubeconfig {_folder["config"]}, context x", answer.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task AServerWithAnotherNameIsRefusedUnlessThatNameIsExpected()
    {
        await using ScriptedServer server = await WhoAsync(_authority.Server(names => names.AddDnsName("api.example")));
        string authority = $"certificate-authority-data: {Base64(_authority.Pem)}";
        ApiAnswer answer = await AnswerAsync(Config(server.Url, authority, "token: abc"));
        Assert.Equal(0, answer.Status);
        Assert.Contains("the server's certificate is for another name, correct server or tls-server-name, see", answer.Message, StringComparison.Ordinal);
        Assert.Equal("HTTP/2 Bearer abc ", await AskAsync(Config(server.Url, $"{authority}\n    tls-server-name: api.example", "token: abc")));
    }

    [Fact]
    public async Task AnyServerIsTakenWhereTlsIsNotVerified()
    {
        await using ScriptedServer server = await WhoAsync(new TestAuthority().Server(names => names.AddDnsName("elsewhere")));
        Assert.Equal("HTTP/2 Bearer abc ", await AskAsync(Config(server.Url, "insecure-skip-tls-verify: true", "token: abc")));
    }

    [Theory]
    [InlineData("pkcs1")]
    [InlineData("pkcs8")]
    [InlineData("ec")]
    public async Task AClientCertificateIsShown(string form)
    {
        await using ScriptedServer server = await WhoAsync(_authority.ServerOnLoopback(), certificates: true);
        (string certificate, string key) = _authority.Client("alice", form);
        string authority = $"certificate-authority-data: {Base64(_authority.Pem)}";
        string data = $"client-certificate-data: {Base64(certificate)}\n    client-key-data: {Base64(key)}";
        Assert.Equal("HTTP/2  CN=alice", await AskAsync(Config(server.Url, authority, data)));

        _folder.Write("u.crt", certificate);
        _folder.Write("u.key", key);
        Assert.Equal("HTTP/2  CN=alice", await AskAsync(Config(server.Url, authority, "client-certificate: u.crt\n    client-key: u.key")));
    }

    [Fact]
    public async Task ARenewedClientCertificateIsShownOnNewConnections()
    {
        await using ScriptedServer server = await WhoAsync(_authority.ServerOnLoopback(), certificates: true);
        Write("alice");
        var time = new FakeTime();
        string config = Config(server.Url, $"certificate-authority-data: {Base64(_authority.Pem)}", "client-certificate: u.crt\n    client-key: u.key");
        await using KubernetesClient client = Client(config, time);
        Assert.Equal("HTTP/2  CN=alice", await AskAsync(client));
        Write("bob");
        Assert.Equal("HTTP/2  CN=alice", await AskAsync(client));
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("HTTP/2  CN=bob", await AskAsync(client));
        string key = await File.ReadAllTextAsync(_folder["u.key"]);
        foreach (string half in (string[])["", key[..40], _authority.Client("mallory", "ec").Key])
        {
            _folder.Write("u.key", half);
            time.Advance(TimeSpan.FromMinutes(1));
            Assert.Equal("HTTP/2  CN=bob", await AskAsync(client));
        }

        _folder.Write("u.crt", "");
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("HTTP/2  CN=bob", await AskAsync(client));

        void Write(string name)
        {
            (string certificate, string its) = _authority.Client(name, "ec");
            _folder.Write("u.crt", certificate);
            _folder.Write("u.key", its);
        }
    }

    [Fact]
    public async Task NameAndPasswordAndImpersonationAreSent()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(context => ScriptedServer.SendAsync(
            context,
            $$"""{"who":"{{context.Request.Headers.Authorization}} {{context.Request.Headers["Impersonate-User"]}} {{context.Request.Headers["Impersonate-Group"]}}"}"""));
        string config = Config(server.Url, "", "username: joe\n    password: p:w\n    as: ann\n    as-groups: [x, y]");
        Assert.Equal($"Basic {Base64("joe:p:w")} ann x, y", await AskAsync(config));
    }

    [Fact]
    public async Task APodsTokenIsReadAgainAfterAMinuteAndWhenItIsRefused()
    {
        string accepted = "one";
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            context => context.Request.Headers.Authorization == $"Bearer {accepted}"
                ? ScriptedServer.SendAsync(context, $$"""{"who":"{{accepted}}"}""")
                : ScriptedServer.SendAsync(context, ResourceWatchTests.Status(401, "Unauthorized", "Unauthorized"), 401),
            _authority.ServerOnLoopback());
        _folder.Write("sa/ca.crt", _authority.Pem);
        _folder.Write("sa/token", "one\n");
        _folder.Write("sa/namespace", "apps\n");
        var time = new FakeTime();
        AccessResult result = ServiceAccountAccess.Read(
            name => name == "KUBERNETES_SERVICE_HOST" ? server.Url.Host : server.Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _folder["sa"], time);
        Assert.Equal("", result.Problem);
        Assert.Equal("apps", result.Access!.Namespace);
        await using var client = new KubernetesClient(result.Access, null, time);
        Assert.Equal("one", await AskAsync(client));

        _folder.Write("sa/token", "two\n");
        accepted = "two";
        Assert.Equal("two", await AskAsync(client));
        Assert.Equal(3, server.Requests.Count);

        _folder.Write("sa/token", "three\n");
        accepted = "three";
        time.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal("three", await AskAsync(client));
        Assert.Equal(4, server.Requests.Count);

        accepted = "four";
        ApiAnswer refused = await client.GetDocumentAsync("/version", CancellationToken.None);
        Assert.Equal(
            (401, "the server does not accept the credentials of the pod's service account, renew them (Unauthorized)"), (refused.Status, refused.Message));
        Assert.Equal(5, server.Requests.Count);
    }

    [Fact]
    public async Task ATokenThatTheKubeletExchangesIsReadThroughItsLinks()
    {
        string accepted = "one";
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            context => context.Request.Headers.Authorization == $"Bearer {accepted}"
                ? ScriptedServer.SendAsync(context, $$"""{"who":"{{accepted}}"}""")
                : ScriptedServer.SendAsync(context, "", 401),
            _authority.ServerOnLoopback());
        Publish("one");
        foreach (string file in (string[])["token", "ca.crt"])
        {
            File.CreateSymbolicLink(_folder[$"sa/{file}"], $"..data/{file}");
        }

        var time = new FakeTime();
        AccessResult result = ServiceAccountAccess.Read(
            name => name == "KUBERNETES_SERVICE_HOST" ? server.Url.Host : server.Url.Port.ToString(System.Globalization.CultureInfo.InvariantCulture),
            _folder["sa"], time);
        await using var client = new KubernetesClient(result.Access!, null, time);
        Assert.Equal("one", await AskAsync(client));

        Publish("two");
        accepted = "two";
        Assert.Equal("two", await AskAsync(client));
        Directory.Delete(_folder["sa/..two"], recursive: true);
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("two", await AskAsync(client));
        Publish("three");
        accepted = "three";
        time.Advance(TimeSpan.FromMinutes(2));
        Assert.Equal("three", await AskAsync(client));

        void Publish(string token)
        {
            _folder.Write($"sa/..{token}/token", token);
            _folder.Write($"sa/..{token}/ca.crt", _authority.Pem);
            File.CreateSymbolicLink(_folder["sa/..data_tmp"], $"..{token}");
            using Process rename = Process.Start("mv", ["-T", _folder["sa/..data_tmp"], _folder["sa/..data"]]);
            rename.WaitForExit();
            Assert.Equal(0, rename.ExitCode);
        }
    }

    [Theory]
    [InlineData("80", "holds no certificates in PEM", "")]
    [InlineData("80", "is empty, it should hold the service account's token", "t")]
    public void WhatIsEmptyInAPodIsTold(string port, string problem, string token)
    {
        _folder.Write("sa/ca.crt", token.Length == 0 ? "" : _authority.Pem);
        _folder.Write("sa/token", token.Length == 0 ? "t" : "");
        Assert.EndsWith(problem, ServiceAccountAccess.Read(name => port, _folder["sa"], TimeProvider.System).Problem, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, "443", "sa", "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is no pod, name a kubeconfig file")]
    [InlineData("10.0.0.1", "443", "none", "the pod has no service account, set automountServiceAccountToken: true")]
    [InlineData("::1", "443", "sa", "")]
    public void WhatAPodLacksIsTold(string? host, string port, string folder, string problem)
    {
        _folder.Write("sa/ca.crt", _authority.Pem);
        _folder.Write("sa/token", "t");
        AccessResult result = ServiceAccountAccess.Read(name => name.EndsWith("HOST", StringComparison.Ordinal) ? host : port, _folder[folder], TimeProvider.System);
        Assert.EndsWith(problem, result.Problem, StringComparison.Ordinal);
        Assert.Equal(problem.Length == 0, result.Access is not null);
    }

    internal static string Config(Uri server, string cluster, string user) => $$"""
        current-context: x
        clusters:
        - name: x
          cluster:
            server: {{server}}
            {{cluster}}
        users:
        - name: x
          user:
            {{user}}
        contexts:
        - name: x
          context: {cluster: x, user: x}
        """;

    internal static async Task<string> AskAsync(KubernetesClient client)
    {
        ApiAnswer answer = await client.GetDocumentAsync("/version", CancellationToken.None).SoonAsync();
        Assert.True(answer.Ok, answer.ToString());
        return answer.Body!["who"]!.ToString();
    }

    private static Task<ScriptedServer> WhoAsync(X509Certificate2 certificate, bool certificates = false) => ScriptedServer.StartAsync(
        context => ScriptedServer.SendAsync(
            context, $$"""{"who":"{{context.Request.Protocol}} {{context.Request.Headers.Authorization}} {{context.Connection.ClientCertificate?.Subject}}"}"""),
        certificate, certificates);

    private KubernetesClient Client(string config, TimeProvider? time = null)
    {
        _folder.Write("config", config);
        AccessResult result = ClusterAccess.FromKubeconfig(_folder["config"], null, time);
        Assert.Equal("", result.Problem);
        return new KubernetesClient(result.Access!, null, time);
    }

    private async Task<string> AskAsync(string config)
    {
        await using KubernetesClient client = Client(config);
        return await AskAsync(client);
    }

    private async Task<ApiAnswer> AnswerAsync(string config)
    {
        await using KubernetesClient client = Client(config);
        return await client.GetDocumentAsync("/version", CancellationToken.None).SoonAsync();
    }
}
