using System.Collections.Immutable;
using System.Net;
using System.Text.RegularExpressions;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Api.Extensions;

internal static partial class GatewayParametersDecoder
{
    private const int MaxConnections = 10_000_000;

    private const long TebiByte = 1L << 40;

    private static readonly TextRule Cidr = new(4, 43, CidrText(), "a CIDR such as 192.0.2.0/24 or 2001:db8::/32");

    public static GatewayParameters Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => new GatewayParameters(
            meta,
            spec.Object("addresses", Addresses),
            spec.Object("nodeSelector", FieldReaderRules.BoundedSelector),
            ProxyProtocol(spec),
            TrustedProxies(spec),
            spec.Object("budgets", Budgets),
            spec.Object("limits", Limits),
            spec.Object("accessLog", AccessLog),
            spec.Object("timeouts", Timeouts),
            spec.Object("defaultCertificateRef", reference => new ObjectReference(
                Groups.Core,
                "Secret",
                reference.Text("name", TextRules.ReferenceName),
                reference.OptionalText("namespace", TextRules.Namespace))))) ?? new GatewayParameters(meta);

    private static AddressParameters Addresses(FieldReader addresses)
    {
        var result = new AddressParameters(
            addresses.Choice("announce", "L2", "None", "L2", "Service", "NodeAddress"),
            addresses.Set("pools", 0, 16, TextRules.ObjectName),
            addresses.OptionalText("defaultPool", TextRules.ObjectName),
            addresses.OptionalInt("perGateway", 1, 8) ?? 1);
        if (addresses.Clean && result.DefaultPool is string pool && !result.Pools.IsEmpty && !result.Pools.Contains(pool))
        {
            addresses.Report("defaultPool", $"is {FieldReader.Quote(pool)}", $"must be one of pools: {string.Join(", ", result.Pools)}");
        }

        if (addresses.Clean && result.Announce == "NodeAddress" && (result.DefaultPool is not null || !result.Pools.IsEmpty))
        {
            addresses.Report("announce", "is NodeAddress beside pools", "NodeAddress takes no pools");
        }

        return result;
    }

    private static ImmutableArray<ProxyProtocolPort>? ProxyProtocol(FieldReader spec)
    {
        ImmutableArray<ProxyProtocolPort> ports = spec.List("proxyProtocol", 0, 64, port =>
        {
            var result = new ProxyProtocolPort(
                port.Int("port", 1, 65535),
                port.Choice("fromClients", "None", "None", "Optional", "Required"),
                port.Choice("toBackends", "None", "None", "V1", "V2"));
            if (port.Clean && result is { FromClients: "None", ToBackends: "None" })
            {
                port.Report("fromClients", "is None, and so is toBackends", "one of them must be other than None");
            }

            return result;
        });
        spec.Unique("proxyProtocol", ports, p => p.Port.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return spec.Has("proxyProtocol") ? ports : null;
    }

    private static ImmutableArray<string>? TrustedProxies(FieldReader spec)
    {
        ImmutableArray<string> proxies = spec.Set("trustedProxies", 0, 64, Cidr);
        for (int i = 0; i < proxies.Length && spec.Clean; i++)
        {
            // The parser refuses bits behind the prefix, so that a slip is not taken for a wider network.
            if (!IPNetwork.TryParse(proxies[i], out _))
            {
                string path = FieldPath.Item(FieldPath.Child(spec.Path, "trustedProxies"), i);
                spec.ReportAt(path, $"is {FieldReader.Quote(proxies[i])}", $"must be {Cidr.Allowed}, without bits behind the prefix");
            }
        }

        return spec.Has("trustedProxies") ? proxies : null;
    }

    private static GatewayBudgets Budgets(FieldReader budgets)
    {
        var result = new GatewayBudgets(
            budgets.OptionalInt("connections", 1, MaxConnections),
            budgets.OptionalInt("connectionsPerClient", 1, MaxConnections),
            budgets.OptionalInt("connectionsPerSecond", 1, 1_000_000),
            budgets.OptionalLong("bufferBytes", 1L << 20, TebiByte));
        if (result.ConnectionsPerClient > result.Connections)
        {
            budgets.Report("connectionsPerClient", $"is {result.ConnectionsPerClient}", $"must not be more than connections, {result.Connections}");
        }

        return result;
    }

    private static RequestLimits Limits(FieldReader limits) => new(
        limits.OptionalInt("requestTargetBytes", 256, 65536),
        limits.OptionalInt("requestHeaderBytes", 1024, 1 << 20),
        limits.OptionalInt("requestHeaders", 10, 1000),
        limits.OptionalLong("requestBodyBytes", 0, TebiByte),
        limits.OptionalInt("http2Streams", 1, 10_000));

    private static AccessLogParameters AccessLog(FieldReader log) => new(
        log.Choice("mode", "All", "None", "Errors", "All"),
        log.Choice("format", "JSON", "JSON", "Text"),
        log.OptionalInt("percent", 1, 100) ?? 100,
        log.Set("requestHeaders", 0, 16, TextRules.HeaderName));

    private static GatewayTimeouts Timeouts(FieldReader timeouts)
    {
        var result = new GatewayTimeouts(
            timeouts.OptionalDuration("connect"),
            timeouts.OptionalDuration("requestHeaders"),
            timeouts.OptionalDuration("request"),
            timeouts.OptionalDuration("backendRequest"),
            timeouts.OptionalDuration("clientIdle"),
            timeouts.OptionalDuration("tcpIdle"),
            timeouts.OptionalDuration("udpIdle"),
            timeouts.OptionalDuration("drain"));
        if (result.Request > 0 && result.BackendRequest > result.Request)
        {
            timeouts.Report("backendRequest", "is longer than request", "one try must fit into the whole request");
        }

        return result;
    }

    [GeneratedRegex(@"^[0-9a-fA-F:.]+/[0-9]{1,3}\z")]
    private static partial Regex CidrText();
}
