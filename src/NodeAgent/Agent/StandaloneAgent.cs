using System.Buffers;
using System.Net;
using Microsoft.Extensions.Logging;
using NodeAgent.DataPlane;

namespace NodeAgent.Agent;

/// <summary>
/// One node without a cluster: manifests folder in, traffic out. In order: (1) lock the state folder, (2) answer
/// probes, (3) start the workers, (4) follow the folder until told to stop, (5) drain.
/// </summary>
internal static partial class StandaloneAgent
{
    /// <returns>False when it could not start; one line of the log says why.</returns>
    public static async Task<bool> RunAsync(StandaloneOptions options, ILoggerFactory logs, CancellationToken stop)
    {
        ILogger log = logs.CreateLogger("NodeAgent.Agent");

        // Step 1
        using StateFolder? state = StateFolder.TryOpen(options.StateFolder, out string? problem);
        if (state is null)
        {
            LogCannotStart(log, problem!);
            return false;
        }

        // Step 2: before anything slow, so that a probe is told what is waited for instead of being refused.
        var readiness = new Readiness();
        using IDisposable firstSnapshot = readiness.Hold("the manifests are not served yet");
        await using var dataPlane = new GatewayDataPlane(options.DataPlane);
        await using AdminServer? admin = await AdminAsync(
            options.Admin, new Dictionary<string, Func<AdminPage>>(StringComparer.Ordinal)
            {
                ["/livez"] = () => AdminPage.Text(200, "ok\n"),
                ["/readyz"] = () => ReadyPage(readiness),
            }, "--admin", logs, log, stop);
        if (admin is null) { return false; }
        Console.Error.WriteLine((DateTime.Now - System.Diagnostics.Process.GetCurrentProcess().StartTime).TotalMilliseconds);
        await Task.Delay(-1, stop).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return true;
    }

    private static AdminPage ReadyPage(Readiness readiness)
    {
        var waiting = readiness.Waiting;
        return waiting.IsEmpty ? AdminPage.Text(200, "ready\n") : AdminPage.Text(503, string.Join('\n', waiting) + "\n");
    }

    private static async Task<AdminServer?> AdminAsync(
        IPEndPoint endPoint, Dictionary<string, Func<AdminPage>> pages, string flag, ILoggerFactory logs, ILogger log, CancellationToken cancel)
    {
        try
        {
            return await AdminServer.StartAsync(endPoint, pages, logs, cancel);
        }
        catch (IOException e)
        {
            LogCannotStart(log, $"{flag} {endPoint}: {e.Message}");
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Error, Message = "cannot start: {Problem}")]
    private static partial void LogCannotStart(ILogger log, string problem);
}
