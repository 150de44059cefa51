using System.Collections.Immutable;
using System.Text.RegularExpressions;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Api.Extensions;

internal static partial class BackendSettingsDecoder
{
    private const int MaxMs = 3_600_000;

    private static readonly TextRule Path = new(1, 1024, PathText(), "a path beginning with '/', of visible characters");

    private static readonly TextRule ServiceName = new(1, 253, QualifiedService(), "a gRPC service such as shop.v1.Cart");

    public static BackendSettings Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec =>
        {
            ImmutableArray<PolicyTarget> targets = spec.List("targetRefs", 1, 16, Target);
            spec.Unique("targetRefs", targets, t => $"{t.Kind} {t.Name} {t.SectionName}");
            (int? Max, int? Pending) connections = Connections(spec);
            (int? Connect, int? Idle) timeouts = Timeouts(spec);
            return new BackendSettings(meta, targets, new BackendSettingsConfig(
                spec.Object("healthCheck", HealthCheck),
                spec.Object("loadBalancing", LoadBalancing),
                connections.Max,
                connections.Pending,
                timeouts.Connect,
                timeouts.Idle));
        }) ?? new BackendSettings(meta, [], new BackendSettingsConfig());

    private static PolicyTarget Target(FieldReader target)
    {
        var result = new PolicyTarget(
            target.Choice("group", "", "", Groups.NodeAgent, Groups.GatewayX),
            target.Choice("kind", "Service", "Service", "EndpointGroup", "XBackend"),
            target.Text("name", TextRules.ReferenceName),
            target.OptionalText("sectionName", TextRules.SectionName));
        if (target.Clean && result.Group != GroupOf(result.Kind))
        {
            target.Report("group", $"is {FieldReader.Quote(result.Group)}", $"{result.Kind} is of group {FieldReader.Quote(GroupOf(result.Kind))}");
        }

        if (target.Clean && result.Kind != "Service" && result.SectionName is not null)
        {
            target.Report("sectionName", "is set", $"a {result.Kind} has no named ports");
        }

        return result;
    }

    private static string GroupOf(string kind) => kind switch
    {
        "EndpointGroup" => Groups.NodeAgent,
        "XBackend" => Groups.GatewayX,
        _ => Groups.Core,
    };

    private static HealthCheckConfig HealthCheck(FieldReader check)
    {
        string type = check.Choice("type", null, "TCP", "HTTP", "GRPC");
        HttpPart? http = check.Object("http", Http);
        string? service = null;
        check.Check("grpc", grpc => service = grpc.OptionalText("service", ServiceName));
        if (check.Clean && type != "HTTP" && http is not null)
        {
            check.Report("http", "is set", "only checks of type HTTP take it");
        }

        if (check.Clean && type != "GRPC" && check.Has("grpc"))
        {
            check.Report("grpc", "is set", "only checks of type GRPC take it");
        }

        return new HealthCheckConfig(
            type switch { "HTTP" => HealthCheckType.Http, "GRPC" => HealthCheckType.Grpc, _ => HealthCheckType.Tcp },
            Duration(check, "interval", 100) ?? 10_000,
            Duration(check, "timeout", 10) ?? 2_000,
            check.OptionalInt("healthyThreshold", 1, 100) ?? 2,
            check.OptionalInt("unhealthyThreshold", 1, 100) ?? 3,
            check.OptionalInt("port", 1, 65535),
            type == "HTTP" ? http?.Path ?? "/" : null,
            http?.Hostname,
            http is { Statuses.IsEmpty: false } ? http.Statuses : null,
            service);
    }

    private static HttpPart Http(FieldReader http) => new(
        http.OptionalText("path", Path) ?? "/",
        http.OptionalText("hostname", TextRules.PreciseHostname),
        http.List("expectedStatuses", 0, 16, range =>
        {
            var result = new StatusRange(range.Int("from", 100, 599), range.Int("to", 100, 599));
            if (range.Clean && result.From > result.To)
            {
                range.Report("to", $"is {result.To}", $"must not be less than from, {result.From}");
            }

            return result;
        }));

    private static LoadBalancingConfig LoadBalancing(FieldReader balancing)
    {
        string type = balancing.Choice("type", null, "RoundRobin", "LeastRequest", "Random", "ConsistentHash");
        HashPart? hash = balancing.Object("consistentHash", hash =>
        {
            var part = new HashPart(hash.Choice("source", null, "Header", "Cookie", "SourceIP"), hash.OptionalText("name", TextRules.HeaderName));
            if (hash.Clean && part.Source == "SourceIP" != part.Name is null)
            {
                hash.Report("name", part.Name is null ? "is missing" : "is set", "Header and Cookie need a name, SourceIP takes none");
            }

            return part;
        });
        if (balancing.Clean && type == "ConsistentHash" != hash is not null)
        {
            balancing.Report("consistentHash", hash is null ? "is missing" : "is set", "type ConsistentHash needs it, the others take none");
        }

        return type switch
        {
            "LeastRequest" => new LoadBalancingConfig(LoadBalancingType.LeastRequest),
            "Random" => new LoadBalancingConfig(LoadBalancingType.Random),
            "ConsistentHash" => new LoadBalancingConfig(
                LoadBalancingType.ConsistentHash,
                hash?.Source switch { "Header" => HashSource.Header, "Cookie" => HashSource.Cookie, _ => HashSource.SourceIp },
                hash?.Name),
            _ => new LoadBalancingConfig(LoadBalancingType.RoundRobin),
        };
    }

    private static (int? Max, int? Pending) Connections(FieldReader spec)
    {
        (int? Max, int? Pending) result = default;
        spec.Check("connections", connections => result =
            (connections.Int("max", 1, 1_000_000), connections.OptionalInt("maxPending", 0, 1_000_000)));
        return result;
    }

    private static (int? Connect, int? Idle) Timeouts(FieldReader spec)
    {
        (int? Connect, int? Idle) result = default;
        spec.Check("timeouts", timeouts => result = (Duration(timeouts, "connect", 10), Duration(timeouts, "idle", 1000)));
        return result;
    }

    private static int? Duration(FieldReader reader, string name, int least)
    {
        if (reader.OptionalDuration(name) is not long milliseconds)
        {
            return null;
        }

        if (milliseconds < least || milliseconds > MaxMs)
        {
            reader.Report(name, $"is {milliseconds} ms", $"must be from {least}ms to 1h");
        }

        return (int)Math.Clamp(milliseconds, least, MaxMs);
    }

    [GeneratedRegex(@"^/[!-~]*\z")]
    private static partial Regex PathText();

    [GeneratedRegex(@"^[A-Za-z_][A-Za-z0-9_]*(\.[A-Za-z_][A-Za-z0-9_]*)*\z")]
    private static partial Regex QualifiedService();

    private sealed record HttpPart(string Path, string? Hostname, ImmutableArray<StatusRange> Statuses);

    private sealed record HashPart(string Source, string? Name);
}
