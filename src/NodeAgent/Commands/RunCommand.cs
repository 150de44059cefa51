using System.Collections.Immutable;
using System.CommandLine;
using System.Net;
using NodeAgent.Agent;
using NodeAgent.DataPlane;

namespace NodeAgent.Commands;

/// <summary><c>nodeagent run</c>: the gateway of this node, configured by a folder or by a cluster.</summary>
internal static class RunCommand
{
    public static Command Create(CommandContext context, LogFlags log)
    {
        Option<ImmutableArray<string>> pools = ManifestFlags.AddressPools(context);
        Option<string?> state = Flag.Create(
            context, "--state-dir", "DIR", "Folder for what must outlive the process; one process at a time.",
            "/run/nodeagent", FlagParsers.Text);
        Option<IPEndPoint?> admin = Flag.Create<IPEndPoint?>(
            context, "--admin", "HOST:PORT", "Where to serve /livez /readyz /metrics /objects /snapshot /problems.",
            new IPEndPoint(IPAddress.Loopback, 9811), FlagParsers.EndPoint);
        Option<IPEndPoint?> metrics = Flag.Create<IPEndPoint?>(
            context, "--metrics", "HOST:PORT", "Where to serve /metrics alone, as well as on --admin.", null, FlagParsers.EndPoint);
        Option<int?> workers = Flag.Create<int?>(
            context, "--workers", "N", "Worker threads; one per core unless set.", new DataPlaneOptions().Workers, FlagParsers.Int(1, 256));
        Option<string?> accessLog = Flag.Create<string?>(
            context, "--access-log", "FILE", "File to append access log lines to, - for standard output, off for none.", "-", FlagParsers.Text);
        Option<int?> drain = Flag.Create<int?>(
            context, "--drain-timeout", "SECONDS", "How long connections may go on after a listener is removed, or after SIGTERM.",
            30, FlagParsers.Int(0, 86_400));
        Option<ImmutableArray<string>> staticRoots = Flag.CreateMany(
            context, "--static-root", "DIR", "Folder below which StaticFiles may serve files of this node; may be given several times.",
            FlagParsers.Folder);
        var command = new Command("run", "Serve the Gateways and routes of a folder or of a cluster, and follow their edits.")
        {
            pools, state, admin, metrics, workers, accessLog, drain, staticRoots,
        };
        var origin = new OriginFlags(context, command);
        command.SetAction(async (parsed, cancel) =>
        {
            var options = new NodeAgentOptions(
                origin.Options(parsed),
                parsed.GetValue(pools),
                Path.GetFullPath(parsed.GetValue(state)!),
                parsed.GetValue(admin)!,
                parsed.GetValue(metrics),
                new DataPlaneOptions
                {
                    Workers = parsed.GetValue(workers)!.Value,
                    AccessLog = parsed.GetValue(accessLog) is "off" ? null : parsed.GetValue(accessLog),
                    StaticRoots = parsed.GetValue(staticRoots),
                    DrainTimeout = TimeSpan.FromSeconds(parsed.GetValue(drain)!.Value),
                });
            using DiagnosticLog diagnostics = log.CreateLog(parsed);
            using var signals = new StopSignals(cancel);
            return await NodeAgentProcess.RunAsync(options, diagnostics, signals.Stop) ? ExitCode.Ok : ExitCode.Finding;
        });
        return command;
    }
}
