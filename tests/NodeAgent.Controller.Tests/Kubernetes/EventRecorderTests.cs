using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.TestCluster;
using static NodeAgent.Controller.Tests.Kubernetes.ResourceWatchTests;

namespace NodeAgent.Controller.Tests.Kubernetes;

public sealed class EventRecorderTests
{
    private static readonly ObjectReference Gateway = new("gateway.networking.k8s.io/v1", "Gateway", "default", "web", "uid-1");

    [Fact]
    public async Task AnEventIsAsTheApiWantsItAndRepetitionsBecomeItsSeries()
    {
        await using TestApiServer server = await TestApiServer.StartAsync();
        using var folder = new TempFolder();
        server.WriteKubeconfig(folder["config"]);
        var time = new FakeTime();
        await using var client = new KubernetesClient(ClusterAccess.FromKubeconfig(folder["config"]).Access!);
        await using Recording recording = new(client, time);
        recording.Recorder.Record(Gateway, "Warning", "NoAddress", "Allocate", "the pool is empty");
        await UntilAsync(() => recording.Recorder.Written == 1);
        JsonObject first = server.List("events.k8s.io", "Event").Single();
        Assert.Equal(
            ("Warning", "NoAddress", "Allocate", "the pool is empty", "nodeagent.dev/gateway-controller", "pod-1", "web", "uid-1"),
            (Text(first, "type"), Text(first, "reason"), Text(first, "action"), Text(first, "note"), Text(first, "reportingController"),
                Text(first, "reportingInstance"), Text(first["regarding"]!, "name"), Text(first["regarding"]!, "uid")));
        Assert.Null(first["series"]);

        recording.Recorder.Record(Gateway, "Warning", "NoAddress", "Allocate", "the pool is empty");
        await UntilAsync(() => recording.Recorder.Written == 2);
        Assert.Equal(2, (int)server.List("events.k8s.io", "Event").Single()["series"]!["count"]!);

        for (int i = 0; i < 100; i++)
        {
            recording.Recorder.Record(Gateway, "Warning", "NoAddress", "Allocate", "the pool is empty");
        }

        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(5), () => recording.Recorder.Written == 3);
        Assert.Equal(102, (int)server.List("events.k8s.io", "Event").Single()["series"]!["count"]!);

        await AdvanceUntilAsync(time, TimeSpan.FromMinutes(6), () => time.GetTimestamp() > TimeSpan.FromMinutes(7).Ticks);
        recording.Recorder.Record(Gateway, "Warning", "NoAddress", "Allocate", "the pool is empty");
        await UntilAsync(() => recording.Recorder.Written == 4);
        Assert.Equal(2, server.List("events.k8s.io", "Event").Count);
        Assert.Equal(0, recording.Recorder.Dropped);
    }

    [Fact]
    public async Task AFloodIsBoundedAndCountedAndNobodyWaits()
    {
        var api = new CountingApi();
        await using Recording recording = new(api, new FakeTime());
        for (int i = 0; i < 10_000; i++)
        {
            recording.Recorder.Record(Gateway, "Normal", "Programmed", "Translate", $"generation {i}");
        }

        await UntilAsync(() => api.Created > 0 && recording.Recorder.Dropped > 0);
        Assert.InRange(api.Created, 1, 51);
        Assert.InRange(recording.Recorder.Dropped, 10_000 - EventRecorder.MaxWaiting - 51, 10_000);
    }

    [Fact]
    public async Task ANoteIsCutAndClusterObjectsHaveTheirEventsInDefault()
    {
        var api = new CountingApi();
        await using Recording recording = new(api, new FakeTime());
        recording.Recorder.Record(new ObjectReference("gateway.networking.k8s.io/v1", "GatewayClass", "", new string('c', 253), ""), "Normal", "Accepted", "Accept", new string('ü', 3000));
        await UntilAsync(() => api.Created == 1);
        JsonObject body = api.Last!;
        Assert.Equal("default", Text(body["metadata"]!, "namespace"));
        Assert.InRange(Text(body["metadata"]!, "name").Length, 200, 253);
        Assert.InRange(Encoding.UTF8.GetByteCount(Text(body, "note")), 1000, 1024);
        Assert.EndsWith("ü...", Text(body, "note"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task WhatTheServerDoesNotTakeIsDroppedAfterAFewAttempts()
    {
        var api = new CountingApi { Answer = new ApiAnswer(503, null, "ServiceUnavailable", "later") };
        var time = new FakeTime();
        await using Recording recording = new(api, time);
        recording.Recorder.Record(Gateway, "Normal", "Programmed", "Translate", "");
        await AdvanceUntilAsync(time, TimeSpan.FromSeconds(1), () => recording.Recorder.Dropped == 1);
        Assert.Equal(4, api.Created);
        api.Answer = new ApiAnswer(403, null, "Forbidden", "no");
        recording.Recorder.Record(Gateway, "Normal", "Programmed", "Translate", "");
        await UntilAsync(() => recording.Recorder.Dropped == 2);
        Assert.Equal(5, api.Created);
    }

    private static string Text(JsonNode node, string field) => node[field]!.ToString();

    private sealed class Recording : IAsyncDisposable
    {
        private readonly CancellationTokenSource _stop = new();
        private readonly Task _run;

        public Recording(IKubernetesApi api, TimeProvider time)
        {
            Recorder = new EventRecorder(api, "nodeagent.dev/gateway-controller", "pod-1", time);
            _run = Task.Run(() => Recorder.RunAsync(_stop.Token));
        }

        public EventRecorder Recorder { get; }

        public async ValueTask DisposeAsync()
        {
            await _stop.CancelAsync();
            await _run.SoonAsync();
            _stop.Dispose();
        }
    }

    private sealed class CountingApi : IKubernetesApi
    {
        private int _created;

        public int Created => Volatile.Read(ref _created);

        public JsonObject? Last { get; private set; }

        public ApiAnswer Answer { get; set; } = new(201, []);

        public Task<ApiAnswer> CreateAsync(ApiResource resource, string? ns, JsonObject body, CancellationToken cancel)
        {
            Last = body;
            Interlocked.Increment(ref _created);
            return Task.FromResult(Answer);
        }

        public Task<ApiAnswer> GetAsync(ApiResource resource, string? ns, string name, CancellationToken cancel) => throw new NotSupportedException();

        public Task<ApiAnswer> ReplaceAsync(ApiResource resource, string? ns, string name, string? subresource, JsonObject body, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<ApiAnswer> PatchAsync(
            ApiResource resource, string? ns, string name, string? subresource, PatchKind kind, JsonNode body, CancellationToken cancel) =>
            throw new NotSupportedException();

        public Task<ApiAnswer> DeleteAsync(ApiResource resource, string? ns, string name, string? uid, CancellationToken cancel) => throw new NotSupportedException();
    }
}
