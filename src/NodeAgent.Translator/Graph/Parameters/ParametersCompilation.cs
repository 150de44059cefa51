using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Graph.Parameters;

/// <summary>Parameters as the data plane is told of them.</summary>
internal static class ParametersCompilation
{
    /// <summary>Null when there is nothing to tell.</summary>
    public static ParametersConfig? Compile(GatewayParameters? parameters)
    {
        if (parameters is null)
        {
            return null;
        }

        var config = new ParametersConfig(
            parameters.Addresses is { } a ? new AnnouncementConfig(Known<AnnounceMode>(a.Announce), a.PerGateway) : null,
            parameters.NodeSelector is { } selector ? Selector(selector) : null,
            parameters.ProxyProtocol is { } ports ? [.. ports.OrderBy(p => p.Port).Select(ProxyProtocol)] : null,
            parameters.TrustedProxies,
            parameters.Budgets is { } b
                ? new BudgetConfig(b.Connections, b.ConnectionsPerClient, b.ConnectionsPerSecond, b.BufferBytes)
                : null,
            parameters.Limits is { } l
                ? new LimitConfig(l.RequestTargetBytes, l.RequestHeaderBytes, l.RequestHeaders, l.RequestBodyBytes, l.Http2Streams)
                : null,
            parameters.AccessLog is { } log
                ? new AccessLogConfig(
                    Known<AccessLogMode>(log.Mode),
                    log.Format == "JSON" ? AccessLogFormat.Json : AccessLogFormat.Text,
                    log.Percent,
                    log.RequestHeaders)
                : null,
            parameters.Timeouts is { } t
                ? new TimeoutConfig(t.Connect, t.RequestHeaders, t.Request, t.BackendRequest, t.ClientIdle, t.TcpIdle, t.UdpIdle, t.Drain)
                : null);
        return config == new ParametersConfig() ? null : config;
    }

    /// <summary>The decoder lets no other text through.</summary>
    private static T Known<T>(string text) where T : struct, Enum => Enum.TryParse(text, out T value) ? value : default;

    private static NodeSelectorConfig Selector(LabelSelector selector) => new(
        selector.MatchLabels,
        [.. selector.MatchExpressions.Select(e => new NodeRequirement(e.Key, e.Operator, e.Values))]);

    private static ProxyProtocolConfig ProxyProtocol(ProxyProtocolPort port) => new(
        port.Port,
        Known<ProxyProtocolUse>(port.FromClients),
        Known<ProxyProtocolVersion>(port.ToBackends));
}
