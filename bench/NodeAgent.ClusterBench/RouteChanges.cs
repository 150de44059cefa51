using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.ClusterBench;

/// <summary>
/// T3: an HTTPRoute and a TCPRoute are changed again and again while a client asks without a pause, TCP connections are
/// opened all the time, and others stay open from the beginning to the end.
/// </summary>
internal static class RouteChanges
{
    private const int LongConnections = 200;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);

    public static async Task<Table> RunAsync(ClusterRig rig, TimeSpan time)
    {
        await rig.BackendAsync("backend");
        await rig.GatewayAsync();
        await ChangeAsync(rig, 0);
        await rig.UntilAsync(ClusterRig.GatewayGroup, "HTTPRoute", "changing", r => r?["status"]?["parents"] is JsonArray { Count: > 0 });
        await rig.UntilAsync(ClusterRig.GatewayGroup, "TCPRoute", "changing", r => r?["status"]?["parents"] is JsonArray { Count: > 0 });

        var counts = new Counts();
        using var end = new CancellationTokenSource();
        Task http = Task.Run(() => AskAsync(rig, counts, end.Token));
        Task opening = Task.Run(() => OpenAsync(rig, counts, end.Token));
        Task[] open = [.. Enumerable.Range(0, LongConnections).Select(_ => Task.Run(() => StayAsync(rig, counts, end.Token)))];

        int changes = 0;
        long start = Stopwatch.GetTimestamp();
        using (var timer = new PeriodicTimer(Interval))
        {
            while (Stopwatch.GetElapsedTime(start) < time && await timer.WaitForNextTickAsync())
            {
                await ChangeAsync(rig, ++changes);
            }
        }

        await end.CancelAsync();
        await Task.WhenAll([http, opening, .. open]);
        return new Table(
            $"Route changes ({time.TotalMinutes:0.#} minutes, one each {Interval.TotalMilliseconds:0} ms)",
            ["changes", "HTTP 200", "HTTP else", "longest answer", "new TCP connections", "TCP failures", $"pings on {LongConnections} long connections", "long connections lost"],
            [
                [
                    $"{changes:N0}", $"{counts.Good:N0}", $"{counts.Bad:N0}", $"{counts.Longest.TotalMilliseconds:F0} ms", $"{counts.Opened:N0}", $"{counts.TcpFailed:N0}",
                    $"{counts.Pings:N0}", $"{counts.Lost:N0}",
                ],
            ]);
    }

    /// <summary>Even: one port and a header modifier; odd: the other port and no filter.</summary>
    private static async Task ChangeAsync(ClusterRig rig, int number)
    {
        bool even = number % 2 == 0;
        string filters = even
            ? """, "filters": [{"type": "ResponseHeaderModifier", "responseHeaderModifier": {"add": [{"name": "x-change", "value": "even"}]}}]"""
            : "";
        await rig.WriteAsync(ClusterRig.Parse($$$"""
            {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "changing", "namespace": "bench"},
             "spec": {"parentRefs": [{"name": "gateway", "sectionName": "http"}], "rules": [{"backendRefs": [{"name": "backend", "port": {{{(even ? 80 : 8080)}}}}]{{{filters}}}}]}}
            """));
        await rig.WriteAsync(ClusterRig.Parse($$$"""
            {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "TCPRoute", "metadata": {"name": "changing", "namespace": "bench"},
             "spec": {"parentRefs": [{"name": "gateway", "sectionName": "tcp"}], "rules": [{"backendRefs": [{"name": "backend", "port": {{{(even ? 9000 : 9001)}}}}]}]}}
            """));
    }

    private static async Task AskAsync(ClusterRig rig, Counts counts, CancellationToken end)
    {
        using var client = new HttpClient { BaseAddress = new Uri($"http://{rig.Address}/") };
        while (!end.IsCancellationRequested)
        {
            long start = Stopwatch.GetTimestamp();
            bool good = false;
            try
            {
                using HttpResponseMessage response = await client.GetAsync("/", CancellationToken.None);
                good = response.StatusCode == HttpStatusCode.OK;
            }
            catch (HttpRequestException)
            {
                // Counted as bad.
            }

            TimeSpan took = Stopwatch.GetElapsedTime(start);
            counts.Good += good ? 1 : 0;
            counts.Bad += good ? 0 : 1;
            counts.Longest = took > counts.Longest ? took : counts.Longest;
        }
    }

    private static async Task OpenAsync(ClusterRig rig, Counts counts, CancellationToken end)
    {
        while (!end.IsCancellationRequested)
        {
            using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            counts.Opened++;
            if (!await TryAsync(async () =>
            {
                await socket.ConnectAsync(rig.Address, 9000);
                await GreetingAsync(socket);
                await PingAsync(socket);
            }))
            {
                counts.TcpFailed++;
            }

            // As many as a busy client opens; faster would be a test of the client's ports.
            await Task.Delay(10, CancellationToken.None);
        }
    }

    private static async Task StayAsync(ClusterRig rig, Counts counts, CancellationToken end)
    {
        using var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        bool whole = await TryAsync(async () =>
        {
            await socket.ConnectAsync(rig.Address, 9000);
            await GreetingAsync(socket);
            while (!end.IsCancellationRequested)
            {
                await PingAsync(socket);
                Interlocked.Increment(ref counts.Pings);
                await Task.Delay(TimeSpan.FromSeconds(1), CancellationToken.None);
            }
        });
        if (!whole)
        {
            Interlocked.Increment(ref counts.Lost);
        }
    }

    private static async Task<bool> TryAsync(Func<Task> work)
    {
        try
        {
            await work();
            return true;
        }
        catch (Exception e) when (e is SocketException or EndOfStreamException or InvalidDataException)
        {
            return false;
        }
    }

    private static async Task GreetingAsync(Socket socket)
    {
        if (!(await LineAsync(socket)).StartsWith("Gateway API Test TCP Server", StringComparison.Ordinal))
        {
            throw new InvalidDataException("no greeting");
        }
    }

    private static async Task PingAsync(Socket socket)
    {
        await socket.SendAsync("PING\n"u8.ToArray());
        if (await LineAsync(socket) != "PONG")
        {
            throw new InvalidDataException("no PONG");
        }
    }

    private static async Task<string> LineAsync(Socket socket)
    {
        var line = new StringBuilder();
        byte[] buffer = new byte[1];
        while (true)
        {
            if (await socket.ReceiveAsync(buffer) == 0)
            {
                throw new EndOfStreamException();
            }

            if (buffer[0] == '\n')
            {
                return line.ToString().TrimEnd('\r');
            }

            line.Append((char)buffer[0]);
        }
    }

    private sealed class Counts
    {
        public long Good { get; set; }

        public long Bad { get; set; }

        public TimeSpan Longest { get; set; }

        public long Opened { get; set; }

        public long TcpFailed { get; set; }

        public long Pings;

        public long Lost;
    }
}
