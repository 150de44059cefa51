using System.Text.Json.Nodes;
using NodeAgent.Controller.Sources.Kubernetes;
using static NodeAgent.Controller.Tests.Kubernetes.ClusterAccessTests;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>A shell script as the program that makes credentials.</summary>
public sealed class ExecCredentialTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task ATokenIsKeptUntilItExpiresOrIsRefused()
    {
        string accepted = "t1";
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            context => context.Request.Headers.Authorization == $"Bearer {accepted}"
                ? ScriptedServer.SendAsync(context, $$"""{"who":"{{accepted}}"}""")
                : ScriptedServer.SendAsync(context, "", 401));
        Script($$"""
            echo "$1 $GREETING" >> {{_folder["calls"]}}
            printf '%s\n' "$KUBERNETES_EXEC_INFO" > {{_folder["info"]}}
            n=$(wc -l < {{_folder["calls"]}})
            echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"t'$n'","expirationTimestamp":"2026-01-01T01:00:00Z"} }'
            """);
        await using KubernetesClient client = Client(server.Url, "provideClusterInfo: true, args: [get-token], env: [{name: GREETING, value: hello there}]");
        Assert.Equal("t1", await AskAsync(client));
        Assert.Equal("t1", await AskAsync(client));
        accepted = "t2";
        Assert.Equal("t2", await AskAsync(client));
        Assert.Equal("t2", await AskAsync(client));
        _time.Advance(TimeSpan.FromHours(1));
        accepted = "t3";
        Assert.Equal("t3", await AskAsync(client));
        Assert.Equal(["get-token hello there", "get-token hello there", "get-token hello there"], await File.ReadAllLinesAsync(_folder["calls"]));
        JsonNode info = JsonNode.Parse(await File.ReadAllTextAsync(_folder["info"]))!;
        Assert.Equal("client.authentication.k8s.io/v1", info["apiVersion"]!.ToString());
        Assert.Equal(server.Url.ToString().TrimEnd('/'), info["spec"]!["cluster"]!["server"]!.ToString());
        Assert.False((bool)info["spec"]!["interactive"]!);
    }

    [Fact]
    public async Task AClientCertificateIsTaken()
    {
        var authority = new TestAuthority();
        (string certificate, string key) = authority.Client("exec-user", "ec");
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            context => ScriptedServer.SendAsync(context, $$"""{"who":"{{context.Connection.ClientCertificate?.Subject}}"}"""), authority.ServerOnLoopback(), askForClientCertificate: true);
        var answer = new JsonObject
        {
            ["apiVersion"] = "client.authentication.k8s.io/v1",
            ["kind"] = "ExecCredential",
            ["status"] = new JsonObject { ["clientCertificateData"] = certificate, ["clientKeyData"] = key },
        };
        _folder.Write("answer", answer.ToJsonString());
        Script($"cat {_folder["answer"]}");
        await using KubernetesClient client = Client(server.Url, "", "insecure-skip-tls-verify: true");
        Assert.Equal("CN=exec-user", await AskAsync(client));
    }

    [Theory]
    [InlineData("echo no account >&2; exit 3", "credentials program ./plugin ended with 3: no account")]
    [InlineData("echo s3cret", "credentials program ./plugin should print an ExecCredential as JSON")]
    [InlineData("echo '{\"apiVersion\":\"client.authentication.k8s.io/v1beta1\",\"status\":{\"token\":\"s3cret\"}}'", "credentials program ./plugin should answer with an ExecCredential of apiVersion client.authentication.k8s.io/v1")]
    [InlineData("echo '{\"apiVersion\":\"client.authentication.k8s.io/v1\"}'", "credentials program ./plugin gave neither a token nor a client certificate with its key")]
    [InlineData("cat", "credentials program ./plugin should print an ExecCredential as JSON")]
    public async Task AProgramThatFailsIsToldAndNoSecretIs(string script, string problem)
    {
        Script(script);
        await using KubernetesClient client = Client(new Uri("http://127.0.0.1:1/"), "");
        ApiAnswer answer = await client.GetDocumentAsync("/version", CancellationToken.None).SoonAsync();
        Assert.Equal((0, "NoCredentials", problem), (answer.Status, answer.Reason, answer.Message));
    }

    [Fact]
    public async Task AProgramThatIsNotThereIsToldWithTheHintOfTheKubeconfig()
    {
        await using KubernetesClient client = Client(new Uri("http://127.0.0.1:1/"), "installHint: \"get it\\nfrom us\"");
        Assert.Equal(
            "credentials program ./plugin cannot be started, install it or correct users[].user.exec.command (get it from us)",
            (await client.GetDocumentAsync("/version", CancellationToken.None).SoonAsync()).Message);
    }

    private void Script(string text)
    {
        _folder.Write("plugin", $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(_folder["plugin"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private KubernetesClient Client(Uri server, string exec, string cluster = "")
    {
        string fields = "command: ./plugin, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never" + (exec.Length > 0 ? $", {exec}" : "");
        _folder.Write("config", Config(server, cluster, $"exec: {{{fields}}}"));
        AccessResult result = ClusterAccess.FromKubeconfig(_folder["config"], null, _time);
        Assert.Equal("", result.Problem);
        return new KubernetesClient(result.Access!, null, _time);
    }
}
