using System.Globalization;
using System.Text.Json.Nodes;
using NodeAgent.Conformance;
using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Tests.Conformance;

/// <summary>Where the snapshot sends the request of a <see cref="TrafficLine"/>, read from it without any thought of cost.</summary>
internal static class TrafficExpectation
{
    /// <returns>What is wrong, or null.</returns>
    public static string? Check(string line, ConfigSnapshot snapshot)
    {
        var traffic = TrafficLine.Parse(line);
        string gateway = traffic.Gateway;
        if (snapshot.All<GatewayResource>().SingleOrDefault(g => g.Key == gateway) is not GatewayResource resource)
        {
            return $"{line}: {gateway} is not served";
        }

        ListenerConfig[] listeners = [.. resource.Listeners.Where(l => l.Port == traffic.Port)];
        string answer = traffic.Protocol switch
        {
            TrafficProtocol.Tcp or TrafficProtocol.Udp => Oldest(snapshot, gateway, listeners, traffic.Protocol.ToString()),
            TrafficProtocol.Tls => OfServerName(snapshot, gateway, listeners, traffic.ServerName!),
            _ => OfRequest(snapshot, gateway, listeners, new NaiveRequest(traffic.Request!)),
        };
        return answer == traffic.Answer ? null : $"{line}: goes to {answer}";
    }

    private static string OfRequest(ConfigSnapshot snapshot, string gateway, ListenerConfig[] listeners, NaiveRequest request)
    {
        ListenerConfig? listener = listeners
            .Where(l => l.Protocol.ToString() is "Http" or "Https" && NaiveRequest.Takes(l.Hostname, request.Sent.Host))
            .OrderBy(l => NaiveRequest.Specificity(l.Hostname))
            .FirstOrDefault();
        return listener is not null && NaiveRequest.Choose(snapshot, gateway, listener, request) is HttpRule rule
            ? Answer(rule)
            : "404";
    }

    private static string Answer(HttpRule rule)
    {
        if (rule.Filters?.Redirect is RedirectFilter redirect)
        {
            return redirect.StatusCode.ToString(CultureInfo.InvariantCulture);
        }

        return rule.Backends switch
        {
            [] => "500",
            [BackendShare only] => only.Backend is null ? "500" : NameOf(only.Backend),
            _ => string.Join(',', rule.Backends.Select(b => $"{(b.Backend is null ? "500" : NameOf(b.Backend))}*{b.Weight}")),
        };
    }

    /// <summary>Of several routes on one listener only the oldest serves.</summary>
    private static string Oldest(ConfigSnapshot snapshot, string gateway, ListenerConfig[] listeners, string protocol)
    {
        string[] names = [.. listeners.Where(l => l.Protocol.ToString().Equals(protocol, StringComparison.OrdinalIgnoreCase)).Select(l => l.Name)];
        JsonObject? route = RoutesOn(snapshot, gateway, names, $"{protocol.ToLowerInvariant()}Route").FirstOrDefault().Route;
        return route is null ? "closed" : Shares(route);
    }

    private static string OfServerName(ConfigSnapshot snapshot, string gateway, ListenerConfig[] listeners, string serverName)
    {
        ListenerConfig? listener = listeners
            .Where(l => NaiveRequest.Takes(l.Hostname, serverName))
            .OrderBy(l => NaiveRequest.Specificity(l.Hostname))
            .FirstOrDefault();
        (JsonObject Route, JsonNode Parent) best = listener is null ? default : RoutesOn(snapshot, gateway, [listener.Name], "tlsRoute")
            .Where(r => Hostnames(r.Parent).Any(h => NaiveRequest.Takes(h, serverName)))
            .OrderBy(r => Hostnames(r.Parent).Where(h => NaiveRequest.Takes(h, serverName)).Min(NaiveRequest.Specificity))
            .FirstOrDefault();
        return best.Route is null ? "closed" : Shares(best.Route);
    }

    private static string[] Hostnames(JsonNode parent) => [.. Expectation.Items(parent["hostnames"]).Select(h => (string)h!)];

    /// <summary>Older first, then by namespace and name.</summary>
    private static IEnumerable<(JsonObject Route, JsonNode Parent)> RoutesOn(
        ConfigSnapshot snapshot, string gateway, string[] listeners, string resource) =>
        JsonNode.Parse(SnapshotCodec.ToJson(snapshot))!.AsArray().Select(r => r!.AsObject())
            .Where(r => (string?)r["resource"] == resource)
            .SelectMany(r => Expectation.Items(r["parents"]).Select(p => (Route: r, Parent: p)))
            .Where(r => (string?)r.Parent["gateway"] == gateway && listeners.Contains((string?)r.Parent["listener"]))
            .OrderBy(r => (long?)r.Route["createdAt"] ?? 0)
            .ThenBy(r => $"{r.Route["namespace"]}/{r.Route["name"]}", StringComparer.Ordinal);

    private static string Shares(JsonObject route)
    {
        (string Name, int Weight)[] shares =
        [
            .. Expectation.Items(route["backends"]).Select(b => ((string?)b["backend"] is string id ? NameOf(id) : "closed", (int?)b["weight"] ?? 1)),
        ];
        return shares.Length == 1 ? shares[0].Name : string.Join(',', shares.Select(s => $"{s.Name}*{s.Weight}"));
    }

    /// <param name="id"><c>backend/NS/SERVICE/PORT[/udp]</c></param>
    private static string NameOf(string id) => id.Split('/') switch
    {
        ["backend", SuiteNames.DefaultNamespace, string service, ..] => service,
        ["backend", string ns, string service, ..] => $"{ns}/{service}",
        _ => id,
    };
}

/// <summary>What the rules of the snapshot are matched with.</summary>
internal sealed record NaiveRequest(TrafficRequest Sent)
{
    public static bool Takes(string? pattern, string host) =>
        string.IsNullOrEmpty(pattern)
        || pattern == host
        || (pattern.StartsWith('*') && host.EndsWith(pattern[1..], StringComparison.Ordinal) && host.Length > pattern.Length - 1);

    /// <summary>Lower is more specific.</summary>
    public static int Specificity(string? hostname) => string.IsNullOrEmpty(hostname) ? 20000
        : hostname.StartsWith('*') ? 10000 - hostname.Length
        : -hostname.Length;

    /// <summary>Precedence sentence by sentence (HTTPRouteRule.matches); null: no rule takes it.</summary>
    public static HttpRule? Choose(ConfigSnapshot snapshot, string gateway, ListenerConfig listener, NaiveRequest request) => (
        from route in snapshot.All<HttpRouteResource>()
        where route.Kind == HttpRouteKind.Http || request.Sent.Headers.GetValueOrDefault("content-type") == "application/grpc"
        from parent in route.Parents.Where(p => p.Gateway == gateway && p.Listener == listener.Name)
        from hostname in parent.Hostnames.IsEmpty ? [listener.Hostname] : parent.Hostnames.Select(h => (string?)h)
        where Takes(hostname, request.Sent.Host)
        from rule in route.Rules
        from match in rule.Matches
        where request.Holds(match)
        orderby Specificity(hostname),
            Rank(match.Path),
            -match.Path.Value.Length,
            match.Method is null ? 1 : 0,
            -match.Headers.Length,
            -match.Query.Length,
            route.CreatedAt,
            $"{route.Namespace}/{route.Name}",
            rule.Index
        select rule).FirstOrDefault();

    private static int Rank(PathMatch path) => path.Type switch
    {
        PathMatchType.Exact => 0,
        PathMatchType.Prefix when path.Value != "/" => 1,
        PathMatchType.Method => 2,
        PathMatchType.Prefix => 3,
        _ => throw new NotSupportedException($"no test has paths of type {path.Type}"),
    };

    private bool Holds(HttpMatch match) =>
        match.Path.Type switch
        {
            PathMatchType.Exact => Sent.Path == match.Path.Value,
            PathMatchType.Method => Sent.Path.EndsWith("/" + match.Path.Value, StringComparison.Ordinal),
            _ => match.Path.Value == "/" || Sent.Path == match.Path.Value || Sent.Path.StartsWith(match.Path.Value + "/", StringComparison.Ordinal),
        }
        && (match.Method is null || match.Method == Sent.Method)
        && match.Headers.All(h => Sent.Headers.GetValueOrDefault(h.Name) == h.Value)
        && match.Query.All(q => Sent.Query.Where(p => p.Name == q.Name).Select(p => p.Value).FirstOrDefault() == q.Value);
}
