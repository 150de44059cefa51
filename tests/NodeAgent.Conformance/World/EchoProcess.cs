using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace NodeAgent.Conformance.World;

/// <summary>The process that carries the pods' echoes (nodeagent-echo --pods). It ends with its input, so with the test.</summary>
public sealed class EchoProcess : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentDictionary<string, TaskCompletionSource<string>> _orders = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, ImmutableList<string>> _logs = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _input = new(1);

    private EchoProcess(Process process) => _process = process;

    public static EchoProcess Start(NodeNetwork network)
    {
        var echo = new EchoProcess(new Process { StartInfo = network.InPods(Path.Combine(AppContext.BaseDirectory, "nodeagent-echo"), ["--pods"]) });
        echo._process.OutputDataReceived += (_, line) => echo.Hear(line.Data);
        echo._process.ErrorDataReceived += (_, line) => echo.Hear(line.Data is null ? null : $"log - {line.Data}");
        echo._process.Start();
        echo._process.BeginOutputReadLine();
        echo._process.BeginErrorReadLine();
        return echo;
    }

    /// <summary>Returns when the pod takes connections.</summary>
    /// <param name="pod">As the echo's records say: namespace, name, address and ports by protocol.</param>
    /// <exception cref="InvalidOperationException">The pod can't be started, and why.</exception>
    public async Task StartPodAsync(JsonObject pod)
    {
        string id = $"{pod["namespace"]}/{pod["name"]}";
        string answer = await OrderAsync(id, new JsonObject { ["start"] = pod });
        if (answer != $"started {id}")
        {
            throw new InvalidOperationException($"{answer}\n{string.Join('\n', LogOf("-"))}");
        }
    }

    /// <param name="id"><c>NS/NAME</c>.</param>
    public async Task StopPodAsync(string id)
    {
        await OrderAsync(id, new JsonObject { ["stop"] = id });
        _logs.TryRemove(id, out _);
    }

    /// <summary>What a pod has logged until now.</summary>
    /// <param name="id"><c>NS/NAME</c>.</param>
    public ImmutableList<string> LogOf(string id) => _logs.GetValueOrDefault(id) ?? [];

    public async ValueTask DisposeAsync()
    {
        _process.StandardInput.Close();
        await _process.WaitForExitAsync();
        _process.Dispose();
        _input.Dispose();
    }

    private async Task<string> OrderAsync(string id, JsonObject order)
    {
        var answer = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
        _orders[id] = answer;
        await _input.WaitAsync();
        try
        {
            await _process.StandardInput.WriteLineAsync(order.ToJsonString());
            await _process.StandardInput.FlushAsync();
        }
        finally
        {
            _input.Release();
        }

        return await answer.Task.WaitAsync(Patience);
    }

    private void Hear(string? line)
    {
        string[] words = line?.Split(' ', 3) ?? [];
        if (words is ["log", string pod, string text])
        {
            _logs.AddOrUpdate(pod, [text], (_, lines) => lines.Add(text));
        }
        else if (words is ["started" or "stopped" or "failed", string id, ..] && _orders.TryRemove(id.TrimEnd(':'), out TaskCompletionSource<string>? order))
        {
            order.SetResult(line!);
        }
    }
}
