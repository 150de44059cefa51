using System.Collections.Concurrent;
using System.Diagnostics;

namespace NodeAgent.Conformance.World;

/// <summary>The real executable, <c>nodeagent run --kubeconfig</c>, on the node of a <see cref="NodeNetwork"/>.</summary>
public sealed class NodeAgentProcess : IAsyncDisposable
{
    private const int AdminPort = 9811;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process _process;
    private readonly ConcurrentQueue<string> _errors = new();

    private NodeAgentProcess(Process process, Uri adminUrl)
    {
        _process = process;
        AdminUrl = adminUrl;
    }

    public Uri AdminUrl { get; }

    /// <summary>Lines of standard error so far.</summary>
    public IReadOnlyCollection<string> Errors => _errors;

    public int Id => _process.Id;

    /// <summary>Starts it and waits until it is ready.</summary>
    /// <param name="executable">Path of the executable.</param>
    /// <param name="folder">For its state; the caller's to remove.</param>
    /// <exception cref="InvalidOperationException">It ended or did not get ready; the message has what it said.</exception>
    public static async Task<NodeAgentProcess> StartAsync(
        NodeNetwork network, string executable, string kubeconfig, string folder, CancellationToken cancel, params string[] more)
    {
        ProcessStartInfo start = network.InNode(executable,
        [
            "run", "--kubeconfig", kubeconfig, "--state-dir", folder,
            "--address-pool", network.AddressPool, "--address-pool", $"{network.UsableAddress}/32",
            "--admin", $"{network.NodeAddress}:{AdminPort}", "--access-log", "off", "--drain-timeout", "2", .. more,
        ]);
        var agent = new NodeAgentProcess(new Process { StartInfo = start }, new Uri($"http://{network.NodeAddress}:{AdminPort}/"));
        agent._process.OutputDataReceived += (_, _) => { };
        agent._process.ErrorDataReceived += (_, line) =>
        {
            if (line.Data is not null)
            {
                agent._errors.Enqueue(line.Data);
            }
        };
        agent._process.Start();
        agent._process.BeginOutputReadLine();
        agent._process.BeginErrorReadLine();
        try
        {
            await agent.ReadyAsync(cancel);
            return agent;
        }
        catch
        {
            await agent.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ReadyAsync(CancellationToken cancel)
    {
        using var admin = new HttpClient { BaseAddress = AdminUrl, Timeout = Patience };
        using var pace = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        long began = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                using HttpResponseMessage answer = await admin.GetAsync(new Uri("readyz", UriKind.Relative), cancel);
                if (answer.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException)
            {
                // It does not listen yet.
            }

            if (_process.HasExited || Stopwatch.GetElapsedTime(began) > Patience)
            {
                throw new InvalidOperationException($"nodeagent did not get ready:\n{string.Join('\n', _errors)}");
            }

            await pace.WaitForNextTickAsync(cancel);
        }
    }
}
