using System.Diagnostics;
using System.Text.Json.Nodes;

namespace NodeAgent.ClusterBench;

/// <summary>
/// T1: routes created one by one on one Gateway; how long after the last the status counts them all, how long after the
/// deletes began it counts none, and how many writes of the Gateway's status that takes.
/// </summary>
internal static class AttachedRoutes
{
    public static async Task<Table> RunAsync(ClusterRig rig, int routes)
    {
        await rig.GatewayAsync();
        await rig.UntilAsync(ClusterRig.GatewayGroup, "Gateway", "gateway", g => Attached(g) == 0);
        int before = Writes(rig);
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < routes; i++)
        {
            await rig.WriteAsync(Route(i));
        }

        TimeSpan creating = Stopwatch.GetElapsedTime(start);
        start = Stopwatch.GetTimestamp();
        await rig.UntilAsync(ClusterRig.GatewayGroup, "Gateway", "gateway", g => Attached(g) == routes);
        TimeSpan setUp = Stopwatch.GetElapsedTime(start);
        int writes = Writes(rig) - before;

        before = Writes(rig);
        start = Stopwatch.GetTimestamp();
        for (int i = 0; i < routes; i++)
        {
            await rig.Server.DeleteAsync(ClusterRig.GatewayGroup, "HTTPRoute", ClusterRig.Namespace, $"route-{i}");
        }

        TimeSpan deleting = Stopwatch.GetElapsedTime(start);
        await rig.UntilAsync(ClusterRig.GatewayGroup, "Gateway", "gateway", g => Attached(g) == 0);
        TimeSpan tearDown = Stopwatch.GetElapsedTime(start);
        return new Table(
            $"Attached routes ({routes:N0})",
            ["creates took", "right count after the last", "status writes of the Gateway", "deletes took", "count 0 after the first delete", "status writes of the Gateway"],
            [[Seconds(creating), Seconds(setUp), $"{writes}", Seconds(deleting), Seconds(tearDown), $"{Writes(rig) - before}"]]);
    }

    private static string Seconds(TimeSpan time) => $"{time.TotalSeconds:F2} s";

    private static int Attached(JsonNode? gateway) => (gateway?["status"]?["listeners"] as JsonArray ?? [])
        .Where(l => (string?)l!["name"] == "http").Select(l => (int?)l!["attachedRoutes"] ?? -1).FirstOrDefault(-1);

    private static int Writes(ClusterRig rig) => rig.Server.Requests.StatusWrites("gateways", ClusterRig.Namespace, "gateway");

    private static JsonObject Route(int i) => ClusterRig.Parse($$$"""
        {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "route-{{{i}}}", "namespace": "bench"},
         "spec": {"parentRefs": [{"name": "gateway"}], "hostnames": ["route-{{{i}}}.example.com"],
                  "rules": [{"backendRefs": [{"name": "app-{{{i}}}", "port": 80}]}]}}
        """);
}
