using System.Globalization;

namespace NodeAgent.ClusterBench;

/// <summary>What Secrets, Services (with EndpointSlices) and Pods that no route refers to cost a node agent, in memory.</summary>
internal static class UnrelatedObjects
{
    private const int Rounds = 3;

    public static async Task<Table> RunAsync(Func<Task<ClusterRig>> newRig, int count)
    {
        await using ClusterRig rig = await newRig();
        rig.StartAgent();
        await rig.BackendAsync("backend");
        await rig.GatewayAsync();
        List<long> without = await StartsAsync(rig);
        for (int i = 0; i < count; i++)
        {
            string name = NameOf(i);
            await rig.Server.ApplyAsync($$$"""
                {apiVersion: v1, kind: Secret, metadata: {name: {{{name}}}, namespace: default}, type: Opaque, stringData: {password: "{{{new string('x', 1000)}}}"}}
                ---
                {apiVersion: v1, kind: Service, metadata: {name: {{{name}}}, namespace: default, labels: {app: {{{name}}}}}, spec: {selector: {app: {{{name}}}}, ports: [{name: http, port: 80, targetPort: 8080}]}}
                ---
                {apiVersion: v1, kind: Pod, metadata: {name: {{{name}}}, namespace: default, labels: {app: {{{name}}}}}, spec: {containers: [{name: app, image: "registry.example/app:1"}]}}
                """);
        }

        List<long> with = await StartsAsync(rig);
        for (int i = 0; i < count; i++)
        {
            string name = NameOf(i);
            await rig.Server.ApplyAsync($$$"""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: {{{name}}}-x, namespace: default, labels: {kubernetes.io/service-name: {{{name}}}}}
                addressType: IPv4
                ports: [{name: http, port: 8080, protocol: TCP}]
                endpoints: [{addresses: [10.{{{i / 65536}}}.{{{i / 256 % 256}}}.{{{i % 256}}}], conditions: {ready: true}}]
                """);
        }

        List<long> slices = await StartsAsync(rig);
        return new Table(
            $"{count:N0} unrelated Secrets, Services and Pods",
            ["", "PSS after a start, median of 3", "more"],
            [
                ["none", Mb(Median(without)), ""],
                [$"{count:N0} Secrets, Services and Pods", Mb(Median(with)), Mb(Median(with) - Median(without))],
                ["the same, and an EndpointSlice for each Service", Mb(Median(slices)), Mb(Median(slices) - Median(without))],
            ]);
    }

    private static string NameOf(int i) => $"unrelated-{i.ToString(CultureInfo.InvariantCulture)}";

    /// <summary>A fresh process each time; measured once it serves what the rig has and has been left alone for a while.</summary>
    private static async Task<List<long>> StartsAsync(ClusterRig rig)
    {
        var memory = new List<long>();
        for (int round = 0; round < Rounds; round++)
        {
            await rig.StopAgentAsync();
            rig.StartAgent();
            await rig.ReadyAsync();
            await Task.Delay(TimeSpan.FromSeconds(5));
            memory.Add(rig.ProportionalMemory());
        }

        return memory;
    }

    private static long Median(List<long> values) => values.Order().ElementAt(values.Count / 2);

    private static string Mb(long bytes) => (bytes / 1e6).ToString("F1", CultureInfo.InvariantCulture) + " MB";
}
