using System.Globalization;
using NodeAgent.DataPlane.Dns;
using NodeAgent.DataPlane.Http;
using NodeAgent.DataPlane.Tcp;
using NodeAgent.DataPlane.Udp;
using NodeAgent.DataPlane.Vips;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Metrics;

/// <summary>The data plane's counters as metric families. Names follow OpenTelemetry's HTTP metrics and ztunnel's TCP ones.</summary>
internal static class DataPlaneMetrics
{
    private static readonly string[] Sides = ["none", "client", "backend", "node"];

    public static void WriteHttp(PrometheusText text, IReadOnlyDictionary<string, HttpCounters> counters, HttpCounters noListener)
    {
        List<((string, string)[] Labels, HttpCounters Counters)> all =
        [
            .. counters.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (Labels(c.Key, "HTTPRoute"), c.Value)),
            ([("route_kind", ""), ("route_namespace", ""), ("route_name", "")], noListener),
        ];
        text.Family("http_server_requests_total", "counter", "Requests by route and class of status.");
        foreach (((string, string)[] labels, HttpCounters c) in all)
        {
            for (int i = 1; i <= HttpCounters.StatusClasses; i++)
            {
                text.Sample("http_server_requests_total", c.Requests(i), [.. labels, ("status_class", $"{i}xx")]);
            }
        }

        text.Family("http_server_request_errors_total", "counter", "Failed requests by the side that is to blame.");
        foreach (((string, string)[] labels, HttpCounters c) in all)
        {
            for (FaultSide side = FaultSide.Client; side <= FaultSide.Node; side++)
            {
                text.Sample("http_server_request_errors_total", c.Errors(side), [.. labels, ("side", Sides[(int)side])]);
            }
        }

        text.Family("http_server_request_duration_seconds", "histogram", "From the request's head to the end of its answer.");
        foreach (((string, string)[] labels, HttpCounters c) in all)
        {
            text.Histogram("http_server_request_duration_seconds", HttpCounters.DurationBounds, c.DurationBucket, c.DurationSeconds, labels);
        }

        text.Family("http_server_request_body_bytes_total", "counter", "Body bytes from clients.");
        all.ForEach(x => text.Sample("http_server_request_body_bytes_total", x.Counters.Received, x.Labels));
        text.Family("http_server_response_body_bytes_total", "counter", "Body bytes to clients.");
        all.ForEach(x => text.Sample("http_server_response_body_bytes_total", x.Counters.Sent, x.Labels));
    }

    public static void WriteTcp(PrometheusText text, IReadOnlyDictionary<string, TcpCounters> counters)
    {
        List<((string, string)[] Labels, TcpCounters Counters)> all =
            [.. counters.OrderBy(c => c.Key, StringComparer.Ordinal).Select(c => (Labels(c.Key, "TCPRoute"), c.Value))];
        text.Family("tcp_connections_opened_total", "counter", "Client connections taken.");
        all.ForEach(x => text.Sample("tcp_connections_opened_total", x.Counters.Opened, x.Labels));
        text.Family("tcp_connections_closed_total", "counter", "Client connections ended, by reason.");
        foreach (((string, string)[] labels, TcpCounters c) in all)
        {
            for (TcpEnd end = TcpEnd.Finished; end <= TcpEnd.Node; end++)
            {
                text.Sample("tcp_connections_closed_total", c.Ended(end), [.. labels, ("reason", TcpLog.NameOf(end))]);
            }
        }

        text.Family("tcp_received_bytes_total", "counter", "Bytes from clients.");
        all.ForEach(x => text.Sample("tcp_received_bytes_total", x.Counters.Received, x.Labels));
        text.Family("tcp_sent_bytes_total", "counter", "Bytes to clients.");
        all.ForEach(x => text.Sample("tcp_sent_bytes_total", x.Counters.Sent, x.Labels));
    }

    public static void WriteDns(PrometheusText text, IReadOnlyDictionary<string, DnsCounters> counters)
    {
        text.Family("dns_queries_total", "counter", "DNS queries by route and what became of them.");
        foreach ((string key, DnsCounters c) in counters.OrderBy(c => c.Key, StringComparer.Ordinal))
        {
            for (DnsOutcome outcome = DnsOutcome.Answered; outcome <= DnsOutcome.Malformed; outcome++)
            {
                text.Sample("dns_queries_total", c.Queries(outcome), [.. Labels(key, "DNSRoute"), ("outcome", DnsCounters.NameOf(outcome))]);
            }
        }
    }

    public static void WriteDatagrams(PrometheusText text, IEnumerable<DatagramBinding> bindings)
    {
        text.Family("listener_datagrams_received_total", "counter", "Datagrams received on an address and port.");
        foreach (DatagramBinding binding in bindings.OrderBy(b => b.EndPoint.ToString(), StringComparer.Ordinal))
        {
            text.Sample("listener_datagrams_received_total", binding.Received, ("address", binding.EndPoint.ToString()));
        }
    }

    public static void WriteListeners(PrometheusText text, IEnumerable<Binding> bindings)
    {
        List<Binding> all = [.. bindings.OrderBy(b => b.EndPoint.ToString(), StringComparer.Ordinal)];
        text.Family("listener_connections_accepted_total", "counter", "Connections accepted on an address and port.");
        all.ForEach(b => text.Sample("listener_connections_accepted_total", b.Accepted, ("address", b.EndPoint.ToString())));
        text.Family("listener_accept_pauses_total", "counter", "How often accepting had to wait for file descriptors.");
        all.ForEach(b => text.Sample("listener_accept_pauses_total", b.Pauses, ("address", b.EndPoint.ToString())));
    }

    public static void WriteVips(PrometheusText text, VipHolder vips)
    {
        text.Family("vip_routes_held", "gauge", "Addresses of Gateways that are on this node by a local route of ours.");
        text.Sample("vip_routes_held", vips.Held);
        text.Family("vip_routes_restored_total", "counter", "How often such a route had to be put back.");
        text.Sample("vip_routes_restored_total", vips.Restored);
    }

    /// <param name="logDropped">Null when there is no access log.</param>
    public static void WriteWorkers(PrometheusText text, Worker[] workers, long? logDropped)
    {
        text.Family("worker_loop_lag_seconds", "histogram", "How long a turn of a worker's loop took: what waits meanwhile is as late.");
        foreach (Worker worker in workers)
        {
            text.Histogram(
                "worker_loop_lag_seconds",
                LoopStats.Bounds,
                worker.Stats.Bucket,
                worker.Stats.BusySeconds,
                ("worker", worker.Id.ToString(CultureInfo.InvariantCulture)));
        }

        text.Family("descriptors_left", "gauge", "File descriptors that connections may still use.");
        text.Sample("descriptors_left", workers[0].Budget.Left);
        if (logDropped is { } dropped)
        {
            text.Family("access_log_dropped_lines_total", "counter", "Lines lost because the output was too slow.");
            text.Sample("access_log_dropped_lines_total", dropped);
        }
    }

    /// <summary>A route, or a listener for what no route took.</summary>
    private static (string, string)[] Labels(string key, string kind)
    {
        const string listener = "listener ";
        if (key.StartsWith(listener, StringComparison.Ordinal))
        {
            string[] names = key[listener.Length..].Split('/');
            return [("gateway_namespace", names[0]), ("gateway_name", names[1]), ("listener", names[2])];
        }

        string[] route = key.Split('/');
        return [("route_kind", kind), ("route_namespace", route[0]), ("route_name", route[1])];
    }
}
