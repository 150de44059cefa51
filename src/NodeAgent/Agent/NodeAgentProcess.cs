using System.Net;
using Microsoft.Extensions.Logging;
using NodeAgent.Controller;
using NodeAgent.DataPlane;

namespace NodeAgent.Agent;

/// <summary>
/// Controller and data plane in one process: manifests or a cluster in, traffic out. In order: (1) lock the state folder,
/// (2) answer probes, (3) start the workers, (4) follow the configuration until told to stop or unable to, (5) drain.
/// </summary>
internal static partial class NodeAgentProcess
{
    /// <summary>Fewer are read in so little memory that tidying it up is not worth the milliseconds.</summary>
    private const int ManyObjects = 1_000;

    /// <param name="stop">Asks for a graceful stop: what is in flight is given the drain timeout.</param>
    /// <returns>False when it could not start or go on; one line of the log says why.</returns>
    public static async Task<bool> RunAsync(NodeAgentOptions options, ILoggerFactory logs, CancellationToken stop)
    {
        ILogger log = logs.CreateLogger("NodeAgent.Agent");
        await using IConfigOrigin? origin = Open(options.Origin, logs, out string unusable);
        if (origin is null)
        {
            LogCannotRun(log, unusable);
            return false;
        }

        LogStarting(log, BuildInfo.Version, origin.Name, options.DataPlane.Workers);

        // Step 1
        using StateFolder? state = StateFolder.TryOpen(options.StateFolder, out string? problem);
        if (state is null)
        {
            LogCannotRun(log, problem!);
            return false;
        }

        var readiness = new Readiness();
        using IDisposable firstView = readiness.Hold(() => origin.Waiting);
        GatewayDataPlane dataPlane;
        try
        {
            dataPlane = new GatewayDataPlane(options.DataPlane with { NodeOnlyBackends = !origin.InCluster });
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            LogCannotRun(log, $"--access-log {options.DataPlane.AccessLog}: {e.Message}");
            return false;
        }

        using var reconciler = new Reconciler(
            new ReconcilerOptions(options.AddressPools, state.Path)
            {
                Features = origin.InCluster ? ServedFeatures.InCluster : ServedFeatures.Today,
                StaticRoots = options.DataPlane.StaticRoots,
                InCluster = origin.InCluster,
            },
            origin.Source,
            new DataPlaneSink(dataPlane, new ListenerReport(log)),
            logs.CreateLogger("NodeAgent.Reconciler"));

        var configMetrics = new ConfigMetrics();

        // Step 2: before anything slow, so that a probe is told what is waited for instead of being refused.
        Dictionary<string, Func<AdminPage>> pages = AdminPages.Of(
            readiness,
            () => reconciler.Current,
            configMetrics,
            output =>
            {
                origin.WriteMetrics(output);
                dataPlane.WriteMetrics(output);
            });
        await using AdminServer? admin = await ListenAsync("--admin", options.Admin, pages, logs, log);
        if (admin is null)
        {
            return false;
        }

        Dictionary<string, Func<AdminPage>> metricsPage = new(StringComparer.Ordinal) { ["/metrics"] = pages["/metrics"] };
        await using AdminServer? metrics = options.Metrics is null ? null
            : await ListenAsync("--metrics", options.Metrics, metricsPage, logs, log);
        if (options.Metrics is not null && metrics is null)
        {
            return false;
        }

        using var running = CancellationTokenSource.CreateLinkedTokenSource(stop);
        Task attending = Task.CompletedTask;
        try
        {
            // Step 3
            await dataPlane.StartAsync(stop);

            // Step 4
            Task statuses = ReportAsync(reconciler, new StatusReport(log), configMetrics, firstView, running.Token);
            attending = origin.AttendAsync(reconciler, running.Token);
            try
            {
                await reconciler.RunAsync(stop);
            }
            finally
            {
                await running.CancelAsync();
                await statuses;
            }
        }
        catch (Exception e) when (e is IOException or DirectoryNotFoundException)
        {
            LogCannotRun(log, e.Message);
            return false;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Told to stop before it was up.
        }
        finally
        {
            // Step 5: not ready from here on, so that nobody sends new traffic while we drain.
            using IDisposable draining = readiness.Hold("draining");
            LogDraining(log, (int)options.DataPlane.DrainTimeout.TotalSeconds);
            await dataPlane.DisposeAsync();

            // By now whoever else wants to write statuses can: an API server that does not answer delays only our end.
            await attending;
        }

        LogStopped(log);
        return true;
    }

    private static IConfigOrigin? Open(OriginOptions options, ILoggerFactory logs, out string problem)
    {
        problem = "";
        try
        {
            return options is ClusterOptions cluster
                ? ClusterOrigin.TryOpen(cluster, logs, out problem)
                : new FolderOrigin(((FolderOptions)options).Folder);
        }
        catch (DirectoryNotFoundException e)
        {
            problem = e.Message;
            return null;
        }
    }

    /// <param name="firstView">
    /// Let go of when there is a view: then a snapshot is applied and each of its listeners is bound or has said why not.
    /// </param>
    private static async Task ReportAsync(
        Reconciler reconciler, StatusReport report, ConfigMetrics metrics, IDisposable firstView, CancellationToken cancel)
    {
        long generation = 0;
        try
        {
            while (true)
            {
                ReconcilerView view = await reconciler.NewerThanAsync(generation, cancel);
                report.Report(view.Statuses);
                metrics.Observe(view);
                if (generation == 0 && view.Objects.Length + view.Unread > ManyObjects)
                {
                    // Reading left more behind than serving needs. Nobody waits for us yet; later nobody would take the time.
                    GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                }

                firstView.Dispose();
                generation = view.Generation;
            }
        }
        catch (OperationCanceledException)
        {
            // The reconciler has stopped: nothing changes any more.
        }
    }

    private static async Task<AdminServer?> ListenAsync(
        string flag, IPEndPoint endPoint, Dictionary<string, Func<AdminPage>> pages, ILoggerFactory logs, ILogger log)
    {
        try
        {
            AdminServer server = await AdminServer.StartAsync(endPoint, pages, logs, CancellationToken.None);
            LogListening(log, flag, server.Url);
            return server;
        }
        catch (IOException e)
        {
            LogCannotRun(log, $"{flag} {endPoint}: {e.Message}");
            return null;
        }
    }

    [LoggerMessage(Level = LogLevel.Information, Message = "nodeagent {Version}: {Origin}, {Workers} workers")]
    private static partial void LogStarting(ILogger log, string version, string origin, int workers);

    [LoggerMessage(Level = LogLevel.Information, Message = "{Flag} serves {Url}")]
    private static partial void LogListening(ILogger log, string flag, Uri url);

    [LoggerMessage(Level = LogLevel.Error, Message = "cannot run: {Problem}")]
    private static partial void LogCannotRun(ILogger log, string problem);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopping: draining for at most {Seconds} s, a second signal ends it at once")]
    private static partial void LogDraining(ILogger log, int seconds);

    [LoggerMessage(Level = LogLevel.Information, Message = "stopped")]
    private static partial void LogStopped(ILogger log);
}
