using System.Buffers;
using System.Globalization;
using NodeAgent.Controller.Cluster;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Agent;

/// <summary>What is known of the cluster and said to its API server, in the Prometheus text format.</summary>
internal static class ClusterMetrics
{
    public static void Write(
        IBufferWriter<byte> output, ClientMetrics client, ClusterSource source, ClusterStore store, bool leader, long statuses)
    {
        var text = new PrometheusText(output);
        text.Single("is_leader", "gauge", "1 in the process that writes statuses, else 0.", leader ? 1 : 0);
        text.Single("status_writes_total", "counter", "Statuses that the API server took from this process.", statuses);
        text.Single("cluster_kinds_waited_for", "gauge", "Kinds the API server has not told whole yet; nothing is served before it is 0.", source.Waiting.Length);
        text.Metric("cluster_objects", "gauge", "Objects that are known, by group and kind.");
        foreach ((string group, string kind, int count) in store.Counts)
        {
            text.Sample("cluster_objects", $"{{group=\"{group}\",kind=\"{kind}\"}}", count);
        }

        text.Metric("cluster_referenced_watches", "gauge", "Watches for objects that are followed because something refers to them, by kind.");
        foreach ((string kind, _, int watches) in source.Referenced)
        {
            text.Sample("cluster_referenced_watches", $"{{kind=\"{kind}\"}}", watches);
        }

        Write(text, client);
    }

    private static void Write(PrometheusText text, ClientMetrics client)
    {
        text.Metric("rest_client_requests_total", "counter", "Requests to the API server; code 0: no answer.");
        foreach (RequestCount request in client.Requests)
        {
            text.Sample("rest_client_requests_total", $"{{verb=\"{request.Verb}\",resource=\"{request.Resource}\",code=\"{request.Code}\"}}", request.Count);
        }

        text.Metric("rest_client_request_duration_seconds", "histogram", "Until the answer of the API server; of a watch: until its first.");
        foreach (RequestLatency latency in client.Latencies)
        {
            long count = 0;
            for (int i = 0; i < latency.Buckets.Length; i++)
            {
                count += latency.Buckets[i];
                string bound = i < ClientMetrics.LatencyBounds.Length ? ClientMetrics.LatencyBounds[i].ToString(CultureInfo.InvariantCulture) : "+Inf";
                text.Sample("rest_client_request_duration_seconds_bucket", $"{{verb=\"{latency.Verb}\",le=\"{bound}\"}}", count);
            }

            text.Sample("rest_client_request_duration_seconds_sum", $"{{verb=\"{latency.Verb}\"}}", latency.SumSeconds);
            text.Sample("rest_client_request_duration_seconds_count", $"{{verb=\"{latency.Verb}\"}}", count);
        }

        Counter(text, "cluster_watch_restarts_total", "Watches that went on where the one before had ended.", client.WatchRestarts);
        Counter(text, "cluster_relists_total", "Lists read again because the history of the API server did not reach back.", client.Relists);
        (long requests, double seconds) = client.RateLimitWait;
        text.Single("rest_client_rate_limited_requests_total", "counter", "Requests that had to wait for the rate limit of this process.", requests);
        text.Single("rest_client_rate_limiter_wait_seconds_total", "counter", "How long requests waited for it.", seconds);
    }

    private static void Counter(PrometheusText text, string name, string help, IEnumerable<KeyValuePair<string, long>> counts)
    {
        text.Metric(name, "counter", help);
        foreach ((string resource, long count) in counts)
        {
            text.Sample(name, $"{{resource=\"{resource}\"}}", count);
        }
    }
}
