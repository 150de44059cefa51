using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace NodeAgent.ClusterBench;

/// <summary>
/// An API server that dies and returns again and again, with a new route before each death and another right after each
/// return, under traffic: no edit may be lost, no condition may change and change back, no request may fail.
/// </summary>
internal static class ServerRestarts
{
    public static async Task<Table> RunAsync(ClusterRig rig, int times)
    {
        await rig.BackendAsync("backend");
        await rig.GatewayAsync();
        await rig.WriteAsync(Route("always", "always"));
        await rig.UntilAsync(ClusterRig.GatewayGroup, "HTTPRoute", "always", r => Accepted(r) is not null);
        Dictionary<string, string> before = Conditions(rig);

        using var end = new CancellationTokenSource();
        using var client = new HttpClient { BaseAddress = new Uri($"http://{rig.Address}/") };
        (long good, long bad) = (0, 0);
        Task traffic = Task.Run(async () =>
        {
            while (!end.IsCancellationRequested)
            {
                _ = await AnswerAsync(client, "always") == HttpStatusCode.OK ? good++ : bad++;
                await Task.Delay(2, CancellationToken.None);
            }
        });

        TimeSpan longest = TimeSpan.Zero;
        int lost = 0;
        for (int i = 0; i < times; i++)
        {
            await rig.WriteAsync(Route($"before-{i}", $"before-{i}"));
            await rig.Server.StopAsync();
            await rig.Server.RestartAsync();
            long start = Stopwatch.GetTimestamp();
            await rig.WriteAsync(Route($"after-{i}", $"after-{i}"));
            foreach (string name in (string[])[$"before-{i}", $"after-{i}"])
            {
                lost += await ServedAsync(client, name) ? 0 : 1;
            }

            TimeSpan took = Stopwatch.GetElapsedTime(start);
            longest = took > longest ? took : longest;
        }

        await rig.UntilAsync(ClusterRig.GatewayGroup, "HTTPRoute", $"after-{times - 1}", r => Accepted(r) is not null);
        await end.CancelAsync();
        await traffic;
        Dictionary<string, string> after = Conditions(rig);
        int flaps = before.Count(c => after.GetValueOrDefault(c.Key) != c.Value);
        return new Table(
            $"The API server dies and returns {times} times",
            ["edits", "edits lost", "conditions changed", "status writes of the Gateway", "requests", "requests failed", "longest from return to both edits served"],
            [
                [
                    $"{2 * times}", $"{lost}", $"{flaps}", $"{rig.Server.Requests.StatusWrites("gateways")}", $"{good + bad:N0}", $"{bad}", $"{longest.TotalSeconds:F1} s",
                ],
            ]);
    }

    /// <summary>Every condition of what was there before, with the time at which its status last changed.</summary>
    private static Dictionary<string, string> Conditions(ClusterRig rig)
    {
        var found = new Dictionary<string, string>(StringComparer.Ordinal);
        (string Kind, string Namespace, string Name)[] subjects = [("Gateway", ClusterRig.Namespace, "gateway"), ("GatewayClass", "", "nodeagent"), ("HTTPRoute", ClusterRig.Namespace, "always")];
        foreach ((string kind, string ns, string name) in subjects)
        {
            Add(rig.Server.Get(ClusterRig.GatewayGroup, kind, ns, name)!["status"], kind);
        }

        return found;

        void Add(JsonNode? node, string path)
        {
            switch (node)
            {
                case JsonObject map when map["lastTransitionTime"] is JsonNode time:
                    found[$"{path}/{map["type"]}"] = $"{map["status"]} since {time}";
                    break;
                case JsonObject map:
                    foreach ((string name, JsonNode? value) in map)
                    {
                        Add(value, $"{path}/{name}");
                    }

                    break;
                case JsonArray list:
                    for (int i = 0; i < list.Count; i++)
                    {
                        Add(list[i], list[i] is JsonObject item && item.ContainsKey("type") ? path : $"{path}/{i}");
                    }

                    break;
            }
        }
    }

    private static string? Accepted(JsonNode? route) => (string?)route?["status"]?["parents"]?[0]?["conditions"]?[0]?["status"];

    private static async Task<bool> ServedAsync(HttpClient client, string host)
    {
        long start = Stopwatch.GetTimestamp();
        while (Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(60))
        {
            if (await AnswerAsync(client, host) == HttpStatusCode.OK)
            {
                return true;
            }

            await Task.Delay(20);
        }

        return false;
    }

    private static async Task<HttpStatusCode> AnswerAsync(HttpClient client, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/") { Headers = { Host = $"{host}.example.com" } };
        try
        {
            using HttpResponseMessage response = await client.SendAsync(request);
            return response.StatusCode;
        }
        catch (HttpRequestException)
        {
            return 0;
        }
    }

    private static JsonObject Route(string name, string host) => ClusterRig.Parse($$$"""
        {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "{{{name}}}", "namespace": "bench"},
         "spec": {"parentRefs": [{"name": "gateway"}], "hostnames": ["{{{host}}}.example.com"], "rules": [{"backendRefs": [{"name": "backend", "port": 80}]}]}}
        """);
}
