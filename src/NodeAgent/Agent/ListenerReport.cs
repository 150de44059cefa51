using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using NodeAgent.DataPlane;
using NodeAgent.Snapshot;

namespace NodeAgent.Agent;

/// <summary>
/// One line per Gateway listener and address that is served when it starts, changes or goes; silent for those that
/// stay as they are. The reconciler tells of those that could not be bound.
/// </summary>
internal sealed partial class ListenerReport(ILogger log)
{
    private ImmutableSortedDictionary<string, Line> _last = ImmutableSortedDictionary<string, Line>.Empty;

    public void Report(ConfigSnapshot snapshot, ImmutableArray<BindResult> results)
    {
        ImmutableSortedDictionary<string, Line> lines = Lines(snapshot, results);
        foreach ((string key, Line line) in lines)
        {
            if (!_last.TryGetValue(key, out Line? before) || before != line)
            {
                LogServing(line.Gateway, line.Url, line.Listener, line.Takes);
            }
        }

        foreach ((string key, Line line) in _last)
        {
            if (!lines.ContainsKey(key))
            {
                LogRemoved(line.Gateway, line.Url, line.Listener, line.Takes);
            }
        }

        _last = lines;
    }

    /// <summary>What is served where, by gateway, listener and address.</summary>
    private static ImmutableSortedDictionary<string, Line> Lines(ConfigSnapshot snapshot, ImmutableArray<BindResult> results)
    {
        var failed = results.Where(r => !r.Bound).Select(r => (r.Gateway, r.Listener, r.Address)).ToHashSet();

        ImmutableSortedDictionary<string, Line>.Builder lines =
            ImmutableSortedDictionary.CreateBuilder<string, Line>(StringComparer.Ordinal);
        foreach (GatewayResource gateway in snapshot.All<GatewayResource>())
        {
            foreach (ListenerConfig listener in gateway.Listeners)
            {
                foreach (string address in gateway.Addresses)
                {
                    if (!failed.Contains((gateway.Key, listener.Name, address)))
                    {
                        lines[$"{gateway.Key} {listener.Name} {address}"] =
                            new Line(gateway.Key, listener.Name, UrlOf(listener, address), TakesOf(listener));
                    }
                }
            }
        }

        return lines.ToImmutable();
    }

    private static string UrlOf(ListenerConfig listener, string address)
    {
        string scheme = listener.Protocol.ToString().ToLowerInvariant();
        return address.Contains(':', StringComparison.Ordinal)
            ? $"{scheme}://[{address}]:{listener.Port}"
            : $"{scheme}://{address}:{listener.Port}";
    }

    private static string TakesOf(ListenerConfig listener) => listener.Protocol is ListenerProtocol.Tcp or ListenerProtocol.Udp
        ? listener.Protocol.ToString().ToUpperInvariant()
        : $"{listener.Protocol.ToString().ToUpperInvariant()}, {(listener.Hostname is null ? "any host" : $"host {listener.Hostname}")}";

    [LoggerMessage(Level = LogLevel.Information, Message = "gateway {Gateway}  {Url}  listener {Listener} ({Takes})  serving")]
    private partial void LogServing(string gateway, string url, string listener, string takes);

    [LoggerMessage(Level = LogLevel.Information, Message = "gateway {Gateway}  {Url}  listener {Listener} ({Takes})  removed, draining")]
    private partial void LogRemoved(string gateway, string url, string listener, string takes);

    private sealed record Line(string Gateway, string Listener, string Url, string Takes);
}
