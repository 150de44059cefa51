using System.Globalization;
using NodeAgent.Controller.Sources.Kubernetes;
using static NodeAgent.Controller.Tests.Kubernetes.ClusterAccessTests;
using static NodeAgent.Controller.Tests.Kubernetes.ResourceWatchTests;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>Programs that make credentials, and hang, or are slow, or say strange things.</summary>
public sealed class ExecProgramTests : IDisposable
{
    private readonly TempFolder _folder = new();
    private readonly FakeTime _time = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task AProgramThatHangsIsEndedAndToldByItsName()
    {
        Script($"echo $$ > {_folder["pid.new"]}; mv {_folder["pid.new"]} {_folder["pid"]}; exec sleep 1000");
        await using KubernetesClient client = Client(new Uri("http://127.0.0.1:1/"));
        Task<ApiAnswer> asked = AskAsync(client);
        await UntilAsync(() => File.Exists(_folder["pid"]));
        int pid = int.Parse(await File.ReadAllTextAsync(_folder["pid"]), CultureInfo.InvariantCulture);

        await AdvanceUntilAsync(_time, TimeSpan.FromSeconds(1), () => asked.IsCompleted);

        Assert.Equal("credentials program ./plugin did not end within 60 s", (await asked).Message);
        await UntilAsync(() => !Directory.Exists($"/proc/{pid}"));
    }

    [Fact]
    public async Task AProgramMayTakeLongerThanARequest()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            context => ScriptedServer.SendAsync(context, $$"""{"who":"{{context.Request.Headers.Authorization}}"}"""));
        Script($"echo >> {_folder["calls"]}; while [ ! -e {_folder["go"]} ]; do sleep 0.01; done; {Says("t1")}");
        await using KubernetesClient client = Client(server.Url);
        Task<ApiAnswer>[] asked = [.. Enumerable.Range(0, 5).Select(_ => AskAsync(client))];
        await UntilAsync(() => File.Exists(_folder["calls"]));

        _time.Advance(TimeSpan.FromSeconds(30));
        _folder.Write("go", "");

        Assert.All(await Task.WhenAll(asked).SoonAsync(), answer => Assert.Equal("Bearer t1", answer.Body!["who"]!.ToString()));
        Assert.Single(await File.ReadAllLinesAsync(_folder["calls"]));
    }

    [Fact]
    public async Task WhoeverWaitedForAProgramThatFailedIsToldSoWithoutAnotherRun()
    {
        Script($"echo >> {_folder["calls"]}; while [ ! -e {_folder["go"]} ]; do sleep 0.01; done; exit 3");
        await using KubernetesClient client = Client(new Uri("http://127.0.0.1:1/"));
        Task<ApiAnswer>[] asked = [.. Enumerable.Range(0, 5).Select(_ => AskAsync(client))];
        await UntilAsync(() => File.Exists(_folder["calls"]));

        _folder.Write("go", "");

        Assert.All(await Task.WhenAll(asked).SoonAsync(), answer => Assert.StartsWith("credentials program ./plugin ended with 3", answer.Message, StringComparison.Ordinal));
        await AskAsync(client);
        Assert.Single(await File.ReadAllLinesAsync(_folder["calls"]));
        _time.Advance(TimeSpan.FromSeconds(6));
        await AskAsync(client);
        Assert.Equal(2, (await File.ReadAllLinesAsync(_folder["calls"])).Length);
    }

    [Fact]
    public async Task OneThatGivesUpDoesNotTakeTheProgramFromTheOthers()
    {
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            context => ScriptedServer.SendAsync(context, $$"""{"who":"{{context.Request.Headers.Authorization}}"}"""));
        Script($"echo >> {_folder["calls"]}; while [ ! -e {_folder["go"]} ]; do sleep 0.01; done; {Says("t1")}");
        await using KubernetesClient client = Client(server.Url);
        using var stop = new CancellationTokenSource();
        Task<ApiAnswer> first = client.GetDocumentAsync("/version", stop.Token);
        await UntilAsync(() => File.Exists(_folder["calls"]));
        Task<ApiAnswer> second = AskAsync(client);

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first.SoonAsync());
        _folder.Write("go", "");

        Assert.Equal("Bearer t1", (await second.SoonAsync()).Body!["who"]!.ToString());
        Assert.Single(await File.ReadAllLinesAsync(_folder["calls"]));
    }

    [Fact]
    public async Task AProgramThatNobodyWaitsForAnyMoreIsEnded()
    {
        Script($"echo $$ > {_folder["pid.new"]}; mv {_folder["pid.new"]} {_folder["pid"]}; exec sleep 1000");
        await using KubernetesClient client = Client(new Uri("http://127.0.0.1:1/"));
        using var stop = new CancellationTokenSource();
        Task<ApiAnswer> asked = client.GetDocumentAsync("/version", stop.Token);
        await UntilAsync(() => File.Exists(_folder["pid"]));
        int pid = int.Parse(await File.ReadAllTextAsync(_folder["pid"]), CultureInfo.InvariantCulture);

        await stop.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked.SoonAsync());
        await UntilAsync(() => !Directory.Exists($"/proc/{pid}"));
    }

    [Fact]
    public async Task ACredentialThatIsExpiredWhenItComesIsUsedForAMomentAllTheSame()
    {
        string accepted = "t1";
        await using ScriptedServer server = await ScriptedServer.StartAsync(
            context => context.Request.Headers.Authorization == $"Bearer {accepted}"
                ? ScriptedServer.SendAsync(context, "{}")
                : ScriptedServer.SendAsync(context, "", 401));
        Script($"echo >> {_folder["calls"]}; {Says("t'$(wc -l < " + _folder["calls"] + ")'", "2026-01-01T00:15:00Z")}");
        _time.WallOffset = TimeSpan.FromHours(1);
        await using KubernetesClient client = Client(server.Url);
        for (int i = 0; i < 5; i++)
        {
            Assert.True((await AskAsync(client)).Ok);
        }

        Assert.Single(await File.ReadAllLinesAsync(_folder["calls"]));
        accepted = "t2";
        Assert.True((await AskAsync(client)).Ok);
        accepted = "t3";
        _time.Advance(TimeSpan.FromSeconds(30));
        Assert.True((await AskAsync(client)).Ok);
        Assert.Equal(3, (await File.ReadAllLinesAsync(_folder["calls"])).Length);
    }

    [Theory]
    [InlineData("head -c 50000000 /dev/zero | tr '\\0' a", "credentials program ./plugin printed more than 1 MiB, which is no ExecCredential")]
    [InlineData("head -c 50000000 /dev/zero | tr '\\0' a >&2; exit 4", "credentials program ./plugin ended with 4: aaaa")]
    [InlineData("printf '%s' '{\"apiVersion\":\"\\ud800\"}'", "credentials program ./plugin should print an ExecCredential as JSON")]
    [InlineData("printf '%s' '{\"apiVersion\":\"client.authentication.k8s.io/v1\",\"status\":{\"token\":\"a\\nb\"}}'", "credentials program ./plugin gave a token with characters that no token has")]
    public async Task GarbageIsToldInOneLine(string script, string problem)
    {
        Script(script);
        await using KubernetesClient client = Client(new Uri("http://127.0.0.1:1/"));

        ApiAnswer answer = await AskAsync(client).SoonAsync();

        Assert.Equal("NoCredentials", answer.Reason);
        Assert.StartsWith(problem, answer.Message, StringComparison.Ordinal);
        Assert.InRange(answer.Message.Length, 0, 600);
    }

    private static Task<ApiAnswer> AskAsync(KubernetesClient client) => client.GetDocumentAsync("/version", CancellationToken.None);

    private static string Says(string token, string expires = "2026-01-01T01:00:00Z") =>
        $$"""echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":{"token":"{{token}}","expirationTimestamp":"{{expires}}"} }'""";

    private void Script(string text)
    {
        _folder.Write("plugin", $"#!/bin/sh\n{text}\n");
        File.SetUnixFileMode(_folder["plugin"], UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private KubernetesClient Client(Uri server)
    {
        _folder.Write("config", Config(server, "", "exec: {command: ./plugin, apiVersion: client.authentication.k8s.io/v1, interactiveMode: Never}"));
        AccessResult result = ClusterAccess.FromKubeconfig(_folder["config"], null, _time);
        Assert.Equal("", result.Problem);
        return new KubernetesClient(result.Access!, null, _time);
    }
}
