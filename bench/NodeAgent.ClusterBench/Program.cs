using System.Globalization;
using NodeAgent.ClusterBench;
using NodeAgent.Conformance.World;

// cluster-bench --nodeagent FILE --definitions DIR [--attached N] [--propagation N] [--changes MINUTES] [--unrelated N] [--restarts N] [--output FILE] [--keep]
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
await RunAsync("--attached", (rig, n) => AttachedRoutes.RunAsync(rig, n));
await RunAsync("--propagation", (rig, n) => Propagation.RunAsync(rig, n));
await RunAsync("--changes", (rig, n) => RouteChanges.RunAsync(rig, TimeSpan.FromMinutes(n)));
if (flags.ContainsKey("--unrelated"))
{
    Add(await UnrelatedObjects.RunAsync(() => ClusterRig.StartAsync(options), Number("--unrelated")));
}

await RunAsync("--restarts", (rig, n) => ServerRestarts.RunAsync(rig, n));
if (flags.TryGetValue("--output", out string? output))
{
    await File.WriteAllTextAsync(output, string.Join('\n', tables));
}

return 0;

int Number(string flag) => int.Parse(flags[flag], CultureInfo.InvariantCulture);

async Task RunAsync(string flag, Func<ClusterRig, int, Task<Table>> test)
{
    if (flags.ContainsKey(flag))
    {
        await using ClusterRig rig = await ClusterRig.StartAsync(options);
        rig.StartAgent();
        TimeSpan before = rig.AgentTime();
        DateTime start = DateTime.UtcNow;
        Table table = await test(rig, Number(flag));
        double cores = (rig.AgentTime() - before) / (DateTime.UtcNow - start);
        Add(table with { Rows = [.. table.Rows] });
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"node agent: {cores:F2} cores, {rig.ProportionalMemory() / 1e6:F0} MB\n"));
    }
}

void Add(Table table)
{
    tables.Add(table);
    Console.WriteLine(table);
}
