using System.Net.Sockets;
using System.Text.Json;
using NodeAgent.Echo;
using NodeAgent.Snapshot;
using static NodeAgent.DataPlane.Tests.Tcp.Net;

namespace NodeAgent.DataPlane.Tests.Tcp;

/// <summary>What an operator sees of TCP connections.</summary>
public sealed class ObservationTests : IDisposable
{
    private readonly string _log = Path.GetTempFileName();

    public void Dispose() => File.Delete(_log);

    [Fact]
    public async Task Every_connection_has_one_line_that_says_how_it_ended_and_the_counters_add_up()
    {
        using var refusing = new RefusingBackend();
        using Socket listener = Listen();
        await using (TcpRig rig = await TcpRig.StartAsync(TcpRig.Options with { AccessLog = _log }))
        {
            await rig.ServeAsync(EndPointOf(listener));
            for (int i = 0; i < 3; i++)
            {
                (Socket client, Socket backend) = await PairAsync(rig);
                await client.SendTextAsync("12345");
                await backend.SendTextAsync("123");
                Assert.Equal("123", await client.ReadTextAsync(3));
                client.Shutdown(SocketShutdown.Send);
                Assert.Equal("12345", await backend.ReadToEndAsync());
                backend.Dispose();
                Assert.Equal("", await client.ReadToEndAsync());
            }

            (Socket resetting, Socket victim) = await PairAsync(rig);
            resetting.Reset();
            await victim.ReadToResetAsync();
            (victim, resetting) = await PairAsync(rig);

            // What is reset before the relay has seen it connect counts as refused; a byte on its way through rules that out.
            await victim.SendTextAsync("1");
            Assert.Equal("1", await resetting.ReadTextAsync(1));
            resetting.Reset();
            await victim.ReadToResetAsync();
            await rig.ServeAsync(refusing.EndPoint);
            await ExpectResetAsync(rig.EndPoint);
            await rig.ApplyAsync(rig.Edge(TcpRig.TcpListener()), TcpRig.Route(new BackendShare(1, null, "BackendNotFound")));
            await ExpectResetAsync(rig.EndPoint);
            await rig.ServeAsync(EndPointOf(listener));
            (Socket cut, Socket open) = await PairAsync(rig);

            string[] reasons = ["finished", "client_reset", "backend_reset", "backend_refused", "no_backend"];
            await EventuallyAsync(() => reasons.Sum(rig.Ended) == 7, () => rig.Metrics());
            Assert.Equal([3, 1, 1, 1, 1], reasons.Select(rig.Ended));
            Assert.Equal(8, rig.RouteMetric("tcp_connections_opened_total"));
            Assert.Equal(16, rig.RouteMetric("tcp_received_bytes_total"));
            Assert.Equal(9, rig.RouteMetric("tcp_sent_bytes_total"));
            Assert.Equal(8, rig.Metric($"listener_connections_accepted_total{{address=\"{rig.EndPoint}\"}}"));
            Assert.Equal(0, rig.Metric("access_log_dropped_lines_total"));

            // Cut off by its listener's removal.
            await rig.ApplyAsync();
            await cut.ReadToResetAsync();
            await open.ReadToResetAsync();
        }

        JsonElement[] lines = [.. File.ReadLines(_log).Select(l => JsonDocument.Parse(l).RootElement)];
        Assert.Equal(
            ["backend_refused", "backend_reset", "client_reset", "finished", "finished", "finished", "no_backend", "node"],
            lines.Select(l => Text(l, "end")).Order(StringComparer.Ordinal));
        Assert.All(lines, l =>
        {
            Assert.Equal(("tcp", "shop/edge/tcp", "shop/route"), (Text(l, "protocol"), Text(l, "listener"), Text(l, "route")));
            Assert.StartsWith("127.", Text(l, "client"), StringComparison.Ordinal);
            Assert.InRange((DateTime.UtcNow - l.GetProperty("time").GetDateTime()).TotalSeconds, 0, 60);
            Assert.InRange(l.GetProperty("duration_ms").GetInt64(), 0, 60_000);
        });
        Assert.All(lines.Where(l => Text(l, "end") == "finished"), l =>
        {
            Assert.Equal((5, 3), (l.GetProperty("bytes_received").GetInt32(), l.GetProperty("bytes_sent").GetInt32()));
            Assert.Equal(EndPointOf(listener).ToString(), Text(l, "upstream"));
        });
        Assert.All(
            lines.Where(l => Text(l, "end") is "backend_refused" or "no_backend"),
            l => Assert.False(l.TryGetProperty("upstream", out _)));

        async Task<(Socket, Socket)> PairAsync(TcpRig rig) => (await rig.ConnectAsync(), await listener.TakeAsync());
    }

    [Fact]
    public async Task A_line_is_written_while_the_data_plane_runs()
    {
        await using TcpRig rig = await TcpRig.StartAsync(TcpRig.Options with { AccessLog = _log });
        await rig.ApplyAsync(rig.Edge(TcpRig.TcpListener()));
        await ExpectResetAsync(rig.EndPoint);
        await EventuallyAsync(() => new FileInfo(_log).Length > 0, () => "no line");
        Assert.Equal("no_backend", Text(JsonDocument.Parse(File.ReadAllText(_log)).RootElement, "end"));
    }

    [Fact]
    public async Task An_idle_connection_is_closed_and_one_with_traffic_is_not()
    {
        using Socket listener = Listen();
        await using TcpRig rig = await TcpRig.StartAsync(TcpRig.Options with { TcpIdleTimeout = TimeSpan.FromSeconds(2) });
        await rig.ServeAsync(EndPointOf(listener));
        using Socket idle = await rig.ConnectAsync();
        using Socket idleBackend = await listener.TakeAsync();
        using Socket busy = await rig.ConnectAsync();
        using Socket busyBackend = await listener.TakeAsync();
        Task ending = idle.ReadToResetAsync();
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        long started = Environment.TickCount64;
        while (!ending.IsCompleted || Environment.TickCount64 - started < 3_000)
        {
            await busyBackend.SendTextAsync(".");
            Assert.Equal(".", await busy.ReadTextAsync(1));
            await timer.WaitForNextTickAsync();
        }

        await ending;
        Assert.Equal("", await idleBackend.ReadToResetAsync());
        Assert.Equal(1, rig.Ended("idle"));
    }

    private static string? Text(JsonElement line, string name) => line.GetProperty(name).GetString();
}
