using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;

namespace NodeAgent.Node.Tests.Node;

/// <summary>The real executable as a child process, with a manifests folder, a state folder and addresses of its own.</summary>
internal sealed class NodeProcess : IAsyncDisposable
{
    private readonly Process _process;
    private readonly string? _ownedState;
    private readonly HttpClient _admin = new() { Timeout = Client.Patience };
    private ImmutableList<string> _errors = [];
    private bool _disposed;
    private TaskCompletionSource _nextLine = NewSignal();

    private NodeProcess(Process process, string? ownedState)
    {
        _process = process;
        _ownedState = ownedState;
        _process.ErrorDataReceived += (_, line) => OnError(line.Data);
    }

    public int Id => _process.Id;

    /// <summary>Lines of standard error so far.</summary>
    public ImmutableList<string> Errors => Volatile.Read(ref _errors);

    public Uri AdminUrl { get; private set; } = null!;

    /// <summary>A /24 of loopback; drawn at random, since tests run side by side and other processes use loopback too.</summary>
    public static string NewPool() =>
        $"127.{Random.Shared.Next(81, 250)}.{Random.Shared.Next(0, 256)}.0/24";

    /// <summary>Starts it over a folder and waits until it is ready.</summary>
    public static async Task<NodeProcess> StartAsync(
        Manifests manifests, string? pool = null, string? stateFolder = null, params string[] more)
    {
        NodeProcess node = await StartOverAsync(["--manifests", manifests.Folder], pool, stateFolder, more);
        await node.ReadyAsync();
        return node;
    }

    /// <summary>Starts it and waits until it answers probes, ready or not.</summary>
    /// <param name="origin">The flags that say where its configuration comes from.</param>
    public static async Task<NodeProcess> StartOverAsync(string[] origin, string? pool = null, string? stateFolder = null, params string[] more)
    {
        string? owned = stateFolder is null ? Directory.CreateTempSubdirectory("nodeagent-state-").FullName : null;
        NodeProcess node = Launch(
        [
            "run", .. origin, "--address-pool", pool ?? NewPool(), "--state-dir", stateFolder ?? owned!,
            "--admin", "127.0.0.1:0", "--workers", "2", .. more,
            .. more.Contains("--access-log") ? Array.Empty<string>() : ["--access-log", "off"],
            .. more.Contains("--drain-timeout") ? Array.Empty<string>() : ["--drain-timeout", "10"],
        ], owned);
        string line = await node.ErrorLineAsync(l => l.Contains("--admin serves", StringComparison.Ordinal));
        node.AdminUrl = new Uri(line[line.IndexOf("http", StringComparison.Ordinal)..]);
        return node;
    }

    public Task ReadyAsync() => UntilAsync("it is ready", async () => (await GetAsync("/readyz")).Status == 200);

    public static NodeProcess Launch(string[] args, string? ownedState = null)
    {
        // What a script starts in the background ignores SIGINT, and so would all that it starts in turn, this test run's processes too.
        var start = new ProcessStartInfo("env", ["--default-signal=INT", Path.Combine(AppContext.BaseDirectory, "nodeagent"), .. args])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        };

        // The tests may run on a runtime that is not installed where the executable would look for one.
        start.Environment["DOTNET_ROOT"] = Path.GetDirectoryName(Environment.ProcessPath);
        var process = new Process { StartInfo = start };
        var node = new NodeProcess(process, ownedState);
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        return node;
    }

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
        _admin.Dispose();
        if (_ownedState is not null)
        {
            Directory.Delete(_ownedState, recursive: true);
        }
    }

    /// <param name="signal">As kill(1) names it: TERM, INT.</param>
    public void Signal(string signal)
    {
        using Process kill = Process.Start("/bin/sh", ["-c", $"kill -{signal} {Id.ToString(CultureInfo.InvariantCulture)}"]);
        kill.WaitForExit();
        Assert.Equal(0, kill.ExitCode);
    }

    public async Task<int> ExitCodeAsync()
    {
        await _process.WaitForExitAsync().WaitAsync(Client.Patience);
        return _process.ExitCode;
    }

    /// <summary>The first line of standard error, past or to come, that is wanted.</summary>
    public async Task<string> ErrorLineAsync(Predicate<string> wanted)
    {
        using var patience = new CancellationTokenSource(Client.Patience);
        while (true)
        {
            Task next = Volatile.Read(ref _nextLine).Task;
            if (Errors.Find(wanted) is string line)
            {
                return line;
            }

            try
            {
                await next.WaitAsync(patience.Token);
            }
            catch (OperationCanceledException)
            {
                throw new TimeoutException($"the line did not come, but:\n{string.Join('\n', Errors)}");
            }
        }
    }

    public async Task<(int Status, string Body)> GetAsync(string path)
    {
        using HttpResponseMessage response = await _admin.GetAsync(new Uri(AdminUrl, path));
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync());
    }

    /// <summary>Asks again and again, for what a process can only be asked about.</summary>
    public async Task UntilAsync(string what, Func<Task<bool>> holds)
    {
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        long began = Stopwatch.GetTimestamp();
        while (!await holds())
        {
            if (Stopwatch.GetElapsedTime(began) > Client.Patience)
            {
                throw new TimeoutException($"it never came about that {what}; the process said:\n{string.Join('\n', Errors)}");
            }

            await pace.WaitForNextTickAsync();
        }
    }

    /// <summary>The status of an object as /objects shows it; null while it has none.</summary>
    public async Task<JsonNode?> StatusAsync(string kind, string name)
    {
        JsonNode objects = JsonNode.Parse((await GetAsync("/objects")).Body)!;
        return objects.AsArray().FirstOrDefault(
            o => o!["kind"]!.ToString() == kind && o["metadata"]!["name"]!.ToString() == name)?["status"];
    }

    /// <summary>The address a Gateway was given; waits until it has one.</summary>
    public async Task<string> AddressAsync(string gateway)
    {
        string? address = null;
        await UntilAsync($"{gateway} has an address", async () =>
            (address = (await StatusAsync("Gateway", gateway))?["addresses"]?.AsArray().FirstOrDefault()?["value"]?.ToString()) is not null);
        return address!;
    }

    /// <summary>Whether a listener of a Gateway has a condition with this status, and its reason.</summary>
    public async Task<(string Status, string Reason, string Message)> ListenerConditionAsync(string gateway, string listener, string type)
    {
        JsonNode? found = (await StatusAsync("Gateway", gateway))?["listeners"]?.AsArray()
            .FirstOrDefault(l => l!["name"]!.ToString() == listener)?["conditions"]?.AsArray()
            .FirstOrDefault(c => c!["type"]!.ToString() == type);
        return found is null ? ("", "", "") : (found["status"]!.ToString(), found["reason"]!.ToString(), found["message"]!.ToString());
    }

    private void OnError(string? line)
    {
        if (line is not null)
        {
            ImmutableInterlocked.Update(ref _errors, (list, l) => list.Add(l), line);
            Interlocked.Exchange(ref _nextLine, NewSignal()).SetResult();
        }
    }

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
