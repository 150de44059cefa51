using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using NodeAgent.ClusterBench;
using NodeAgent.Conformance.World;

// cluster-bench --nodeagent FILE --definitions DIR [--attached N] [--propagation N] [--changes MINUTES] [--unrelated N] [--restarts N] [--rounds N] [--output FILE] [--keep]
// Runs the tests that are named, in this order; see bench/README.md.
Dictionary<string, string> flags = new(StringComparer.Ordinal);
for (int i = 0; i < args.Length; i++)
{
    flags[args[i]] = i + 1 < args.Length && !args[i + 1].StartsWith("--", StringComparison.Ordinal) ? args[++i] : "";
}

if (!flags.TryGetValue("--nodeagent", out string? nodeAgent) || !flags.TryGetValue("--definitions", out string? definitions))
{
    Console.Error.WriteLine("--nodeagent FILE and --definitions DIR (CustomResourceDefinitions of the Gateway API) are required");
    return 2;
}

if (NodeNetwork.Unavailable is string why)
{
    Console.Error.WriteLine(why);
    return 1;
}

var options = new RigOptions(Path.GetFullPath(nodeAgent), Path.GetFullPath(definitions), [], flags.ContainsKey("--keep"));
var tables = new List<Table>();
await RunAsync("--attached", AttachedRoutes.RunAsync, rounds: Rounds());
await RunAsync("--propagation", Propagation.RunAsync, rounds: Rounds());
await RunAsync("--changes", (rig, n) => RouteChanges.RunAsync(rig, TimeSpan.FromMinutes(n)));
if (flags.ContainsKey("--unrelated"))
{
    Add(await UnrelatedObjects.RunAsync(() => ClusterRig.StartAsync(options), Number("--unrelated")));
}

await RunAsync("--restarts", ServerRestarts.RunAsync);
if (flags.TryGetValue("--output", out string? output))
{
    await File.WriteAllTextAsync(output, string.Join('\n', [Heading(), .. tables]));
}

return 0;

// Of the short tests.
int Rounds() => flags.ContainsKey("--rounds") ? Number("--rounds") : 3;

int Number(string flag) => int.Parse(flags[flag], CultureInfo.InvariantCulture);

async Task RunAsync(string flag, Func<ClusterRig, int, Task<Table>> test, int rounds = 1)
{
    if (!flags.ContainsKey(flag))
    {
        return;
    }

    Table? all = null;
    for (int round = 0; round < rounds; round++)
    {
        await using ClusterRig rig = await ClusterRig.StartAsync(options);
        rig.StartAgent();
        TimeSpan before = rig.AgentTime();
        long start = Stopwatch.GetTimestamp();
        Table table = await test(rig, Number(flag));
        double cores = (rig.AgentTime() - before) / Stopwatch.GetElapsedTime(start);
        table = table.With("node agent", string.Create(CultureInfo.InvariantCulture, $"{cores:F2} cores, PSS {rig.ProportionalMemory() / 1e6:F0} MB"));
        all = all?.With(table) ?? table;
    }

    Add(all!);
}

void Add(Table table)
{
    tables.Add(table);
    Console.WriteLine(table);
}

string Heading() => $"""
    # A cluster: one process over an API server

    {DateTime.UtcNow:yyyy-MM-dd}; {Environment.ProcessorCount} cores, {RuntimeInformation.OSDescription}; {Version()}. API server, client, node agent and pods on this one machine; how to read it: bench/README.md.

    """;

string Version()
{
    using Process version = Process.Start(new ProcessStartInfo(options.NodeAgent, ["version"]) { RedirectStandardOutput = true })!;
    return version.StandardOutput.ReadToEnd().Trim().ReplaceLineEndings(", ");
}
