using System.Collections.Immutable;
using System.Net;
using System.Text.Json;
using NodeAgent.Echo;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

/// <summary>
/// A data plane of two workers on a loopback address of its own. When it is disposed it must still serve: whatever a test did to it
/// may not have cost it a worker.
/// </summary>
internal sealed class HttpRig : IAsyncDisposable
{
    public const int Port = 8080;
    public const string ProbeHost = "still.serves";

    /// <summary>Enough connections that both workers get some.</summary>
    private const int Probes = 8;

    private static int s_lastAddress;

    private readonly GatewayDataPlane _plane;
    private readonly RawBackend _probe;
    private readonly string _logFile = Path.Combine(Path.GetTempPath(), $"rig-{Guid.NewGuid():N}.log");
    private bool _stopped;

    private HttpRig(DataPlaneOptions options)
    {
        // Test processes that run at the same time have addresses of their own, and there may be more rigs than a byte counts.
        int number = Interlocked.Increment(ref s_lastAddress);
        Address = new IPAddress(
            [127, (byte)(64 + (Environment.ProcessId % 128)), (byte)(((Environment.ProcessId / 128) + (number / 250 * 125)) % 250), (byte)(1 + (number % 250))]);
        _plane = new GatewayDataPlane(options with { Workers = 2, AccessLog = _logFile });
        _probe = RawBackend.Start(async connection =>
        {
            while (true)
            {
                await connection.ReadHeadAsync();
                await connection.SendAsync("HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nalive");
            }
        });
    }

    public IPAddress Address { get; }

    public IPEndPoint EndPoint => new(Address, Port);

    public GatewayDataPlane Plane => _plane;

    /// <summary>Patient enough for a busy machine; tests of a timeout set it shorter.</summary>
    public static DataPlaneOptions Patient { get; } = new()
    {
        ConnectTimeout = TimeSpan.FromSeconds(10),
        BackendTimeout = TimeSpan.FromSeconds(15),
        ClientTimeout = TimeSpan.FromSeconds(20),
        DrainTimeout = TimeSpan.FromSeconds(5),
    };

    public static Task<HttpRig> StartAsync(params IPEndPoint[] endpoints) => StartAsync(GatewaySetup.To(endpoints));

    public static async Task<HttpRig> StartAsync(GatewaySetup setup, DataPlaneOptions? options = null)
    {
        HttpRig rig = new(options ?? Patient);
        await rig._plane.StartAsync();
        await rig.ApplyAsync(setup);
        return rig;
    }

    public async Task ApplyAsync(GatewaySetup setup)
    {
        ImmutableArray<BindResult> results = await _plane.ApplyAsync(setup.ToSnapshot(Address.ToString(), _probe.EndPoint));
        Assert.All(results, r => Assert.Null(r.Error));
    }

    public Task<RawClient> ConnectAsync(int port = Port) => RawClient.ConnectAsync(new IPEndPoint(Address, port));

    /// <summary>One request on a connection of its own.</summary>
    public async Task<RawResponse> AskAsync(string request)
    {
        using RawClient client = await ConnectAsync();
        await client.SendAsync(request);
        return await client.ReadResponseAsync(toHead: request.StartsWith("HEAD", StringComparison.Ordinal));
    }

    public Task<RawResponse> GetAsync(string target = "/", string host = "h", string headers = "") =>
        AskAsync($"GET {target} HTTP/1.1\r\nHost: {host}\r\n{headers}\r\n");

    /// <summary>What the echo backend saw of a request.</summary>
    public async Task<EchoAnswer> EchoAsync(string target = "/", string host = "h", string headers = "")
    {
        RawResponse response = await GetAsync(target, host, headers);
        Assert.Equal(200, response.Status);
        return EchoAnswer.Parse(response.Body);
    }

    /// <summary>Stops the data plane; then every request of the test has its line.</summary>
    public async Task<IReadOnlyList<LogEntry>> StopAndReadLogAsync()
    {
        await StopAsync();
        return
        [
            .. (await File.ReadAllLinesAsync(_logFile))
                .Select(line => new LogEntry(JsonDocument.Parse(line).RootElement))
                .Where(entry => entry.Text("host") != ProbeHost),
        ];
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        File.Delete(_logFile);
    }

    private async Task StopAsync()
    {
        if (_stopped)
        {
            return;
        }

        _stopped = true;
        for (int i = 0; i < Probes; i++)
        {
            Assert.Equal("alive", (await GetAsync("/", ProbeHost)).Body);
        }

        await _plane.DisposeAsync().AsTask().WaitAsync(RawClient.Deadline);
        await _probe.DisposeAsync();
    }
}

/// <summary>One line of the access log.</summary>
internal sealed record LogEntry(JsonElement Line)
{
    public int Status => Line.GetProperty("status").GetInt32();

    public string? Reason => Text("reason");

    public string? Text(string field) => Line.TryGetProperty(field, out JsonElement value) ? value.GetString() : null;

    public long Number(string field) => Line.TryGetProperty(field, out JsonElement value) ? value.GetInt64() : 0;
}
