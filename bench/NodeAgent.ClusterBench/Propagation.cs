using System.Diagnostics;
using System.Net;
using System.Text.Json.Nodes;

namespace NodeAgent.ClusterBench;

/// <summary>T2: routes created one by one; the time from each API write to the first 200 through the gateway.</summary>
internal static class Propagation
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(5);

    public static async Task<Table> RunAsync(ClusterRig rig, int routes)
    {
        await rig.BackendAsync("backend");
        await rig.GatewayAsync();
        using var client = new HttpClient(new SocketsHttpHandler { UseCookies = false, AllowAutoRedirect = false }) { BaseAddress = new Uri($"http://{rig.Address}/") };

        // The first route warms up both sides.
        await MeasureAsync(rig, client, routes, []);
        var answers = new SortedDictionary<int, int>();
        var times = new double[routes];
        for (int i = 0; i < routes; i++)
        {
            times[i] = await MeasureAsync(rig, client, i, answers);
        }

        int tail = Math.Max(1, routes / 10);
        double first = times[..tail].Average();
        double last = times[^tail..].Average();
        double[] sorted = [.. times.Order()];
        return new Table(
            $"Propagation ({routes:N0} routes)",
            ["mean", "median", "p99", "max", $"mean of the first {tail}", $"mean of the last {tail}", "answers"],
            [
                [
                    Ms(times.Average()), Ms(sorted[routes / 2]), Ms(sorted[Math.Min(routes - 1, routes * 99 / 100)]), Ms(sorted[^1]), Ms(first), Ms(last),
                    string.Join(", ", answers.Select(a => $"{a.Value:N0} x {a.Key}")),
                ],
            ]);
    }

    private static string Ms(double milliseconds) => $"{milliseconds:F1} ms";

    /// <param name="answers">Status code to how many there were; 0 is no answer.</param>
    private static async Task<double> MeasureAsync(ClusterRig rig, HttpClient client, int i, SortedDictionary<int, int> answers)
    {
        JsonObject route = Route(i);
        long start = Stopwatch.GetTimestamp();
        await rig.WriteAsync(route);
        while (true)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, "/i") { Headers = { Host = $"{i}-route.example.com" } };
            HttpStatusCode answer = 0;
            try
            {
                using HttpResponseMessage response = await client.SendAsync(request);
                answer = response.StatusCode;
            }
            catch (HttpRequestException)
            {
                // Counted as 0.
            }

            answers[(int)answer] = answers.GetValueOrDefault((int)answer) + 1;
            if (answer == HttpStatusCode.OK)
            {
                return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            }

            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromMinutes(1))
            {
                throw new TimeoutException($"route {i} does not answer: {answer}");
            }

            await Task.Delay(Pause);
        }
    }

    /// <summary>As in the public benchmark: the second rule has a backend that is not there.</summary>
    private static JsonObject Route(int i) => ClusterRig.Parse($$$"""
        {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "{{{i}}}-route", "namespace": "bench"},
         "spec": {"parentRefs": [{"name": "gateway"}], "hostnames": ["{{{i}}}-route.example.com"], "rules": [
           {"matches": [{"path": {"type": "PathPrefix", "value": "/i"}}], "backendRefs": [{"name": "backend", "port": 80}],
            "filters": [{"type": "RequestHeaderModifier", "requestHeaderModifier": {"add": [{"name": "x-request", "value": "{{{i}}}"}]}},
                        {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"add": [{"name": "x-response", "value": "{{{i}}}"}]}}]},
           {"matches": [{"path": {"type": "PathPrefix", "value": "/"}}], "backendRefs": [{"name": "invalid-backend", "port": 80}],
            "filters": [{"type": "RequestHeaderModifier", "requestHeaderModifier": {"add": [{"name": "x-request", "value": "{{{i}}}"}]}},
                        {"type": "ResponseHeaderModifier", "responseHeaderModifier": {"add": [{"name": "x-response", "value": "{{{i}}}"}]}}]}]}}
        """);
}
