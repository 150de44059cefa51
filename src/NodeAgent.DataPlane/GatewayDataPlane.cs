using System.Buffers;
using System.Collections.Immutable;
using System.Net;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Http;
using NodeAgent.DataPlane.Http.Upstream;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Logging;
using NodeAgent.DataPlane.Metrics;
using NodeAgent.DataPlane.Tcp;
using NodeAgent.DataPlane.Udp;
using NodeAgent.DataPlane.Vips;
using NodeAgent.DataPlane.Workers;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane;

/// <summary>
/// The data plane of one node: serves the last snapshot it was given. One caller at a time may apply.
/// </summary>
public sealed class GatewayDataPlane : IAsyncDisposable
{
    private readonly AccessLog? _accessLog;
    private readonly Worker[] _workers;
    private readonly LogBuffer[] _logs;
    private readonly HttpCounters _noListener;
    private readonly HttpFront _front;
    private readonly BackendDirectory _backends;
    private readonly TargetFactory _targets;
    private readonly DatagramPorts _datagrams;
    private readonly VipHolder _vips = new();
    private readonly SnapshotPlan _plan = new();
    private readonly List<Task> _draining = [];
    private bool _started;
    private ImmutableDictionary<IPEndPoint, BoundPort> _bound = ImmutableDictionary<IPEndPoint, BoundPort>.Empty;

    /// <exception cref="IOException">The access log cannot be opened.</exception>
    public GatewayDataPlane(DataPlaneOptions options)
        : this(options, new DescriptorBudget(LibC.RaiseDescriptorLimit()))
    {
    }

    /// <param name="budget">What connections may use; several data planes of a process may share it.</param>
    internal GatewayDataPlane(DataPlaneOptions options, DescriptorBudget budget)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(options.Workers, Math.Clamp(options.Workers, 1, 256));
        Options = options;
        _accessLog = options.AccessLog is null ? null : AccessLog.Open(options.AccessLog);
        _workers = [.. Enumerable.Range(0, options.Workers).Select(i => new Worker(i, budget))];
        _logs = _accessLog is null ? [] : [.. _workers.Select(w => new LogBuffer(w, _accessLog))];
        _datagrams = new DatagramPorts(_workers);
        _noListener = new HttpCounters(_workers.Length);
        _front = new HttpFront(options, new HttpLog(_logs, _noListener), _workers);
        Array.ForEach(_workers, w => w.Siblings = _workers);
        _backends = new BackendDirectory(_workers.Length, options, budget, CloseIdle);
        _targets = new TargetFactory(_workers.Length, _backends.Registry, _front, new TcpEnvironment(options, _logs));
    }

    public DataPlaneOptions Options { get; }

    /// <summary>Starts the workers; nothing is bound before the first <see cref="ApplyAsync"/>.</summary>
    public async Task StartAsync(CancellationToken cancel = default)
    {
        await _front.StartAsync(cancel);
        _vips.Start();
        _started = true;
        foreach (Worker worker in _workers)
        {
            worker.Start();
        }
    }

    /// <summary>
    /// Makes the data plane serve <paramref name="snapshot"/>. Returns when every listener in it is bound or has failed;
    /// connections of removed listeners go on draining after that. Never throws for what a snapshot says.
    /// </summary>
    public async Task<ImmutableArray<BindResult>> ApplyAsync(ConfigSnapshot snapshot, CancellationToken cancel = default)
    {
        List<EndpointTarget> retired = await _backends.UpdateAsync(snapshot);
        IReadOnlyList<PlannedPort> all = _plan.Of(snapshot);
        PlannedPort[] ports = [.. all.Where(p => !p.Udp)];
        PlannedPort[] datagramPorts = [.. all.Where(p => p.Udp)];
        ImmutableDictionary<IPAddress, string> unheld = await _vips.HoldAsync(all.Select(p => p.EndPoint.Address));

        // One target serves all addresses of a Gateway: its table is built once.
        Dictionary<string, IListenerTarget> made = _bound.Values
            .DistinctBy(b => b.Signature).ToDictionary(b => b.Signature, b => b.Binding.Target, StringComparer.Ordinal);
        var bound = ImmutableDictionary.CreateBuilder<IPEndPoint, BoundPort>();
        var results = ImmutableArray.CreateBuilder<BindResult>();
        foreach (PlannedPort port in ports)
        {
            if (!made.TryGetValue(port.Signature, out IListenerTarget? target))
            {
                made[port.Signature] = target = _targets.Make(port);
            }

            (BoundPort? served, string? error) = await ServeAsync(port, target, unheld.GetValueOrDefault(port.EndPoint.Address));
            if (served is not null)
            {
                bound[port.EndPoint] = served;
            }

            results.AddRange(port.Listeners.Select(l =>
                new BindResult(l.Gateway, l.Listener, port.EndPoint.Address.ToString(), port.EndPoint.Port, error)));
        }

        results.AddRange(await _datagrams.ServeAsync(datagramPorts, unheld, _targets.MakeDatagram));
        BoundPort[] removed = [.. _bound.Values.Where(b => !bound.ContainsKey(b.Binding.EndPoint))];
        Volatile.Write(ref _bound, bound.ToImmutable());
        _targets.KeepOnly(all);
        List<(IPAddress Address, Task Drained)> leaving = await _datagrams.ReleaseAsync(datagramPorts, Options.DrainTimeout);
        foreach (BoundPort port in removed)
        {
            leaving.Add((port.Binding.EndPoint.Address, await port.Binding.DrainAsync(Options.DrainTimeout)));
        }

        // Established connections need the address until they end.
        _draining.AddRange(leaving.Select(l => l.Drained));
        _draining.Add(await _vips.ReleaseAsync(leaving));
        _draining.RemoveAll(t => t.IsCompleted);
        CloseIdle(retired);
        return results.ToImmutable();
    }

    /// <summary>Writes all data plane metrics in the Prometheus text format (version 0.0.4).</summary>
    public void WriteMetrics(IBufferWriter<byte> output)
    {
        var text = new PrometheusText(output);
        DataPlaneMetrics.WriteHttp(text, _targets.HttpCounters, _noListener);
        DataPlaneMetrics.WriteTcp(text, _targets.TcpCounters);
        DataPlaneMetrics.WriteDns(text, _targets.DnsCounters);
        DataPlaneMetrics.WriteDatagrams(text, _datagrams.Bindings);
        DataPlaneMetrics.WriteListeners(text, Volatile.Read(ref _bound).Values.Select(b => b.Binding));
        _backends.WriteMetrics(text);
        DataPlaneMetrics.WriteVips(text, _vips);
        DataPlaneMetrics.WriteWorkers(text, _workers, _accessLog?.Dropped);
    }

    /// <summary>Stops accepting, lets connections finish for at most the drain timeout, then cuts them off.</summary>
    public async ValueTask DisposeAsync()
    {
        foreach (BoundPort port in _bound.Values)
        {
            _draining.Add(await port.Binding.DrainAsync(Options.DrainTimeout));
        }

        _bound = ImmutableDictionary<IPEndPoint, BoundPort>.Empty;
        _draining.AddRange((await _datagrams.ReleaseAsync([], Options.DrainTimeout)).Select(l => l.Drained));
        await Task.WhenAll(_draining);
        await _backends.DisposeAsync();
        await _vips.DisposeAsync();
        await _front.DisposeAsync();
        for (int i = 0; i < _workers.Length; i++)
        {
            if (_logs.Length > 0 && _started)
            {
                await _workers[i].RunAsync(_logs[i].HandOver);
            }

            _workers[i].Dispose();
        }

        _accessLog?.Dispose();
    }

    private async Task<(BoundPort? Served, string? Error)> ServeAsync(
        PlannedPort port, IListenerTarget target, string? unheld)
    {
        string? error = unheld is null ? null : $"{port.EndPoint}: {unheld}";
        if (_bound.TryGetValue(port.EndPoint, out BoundPort? known))
        {
            known.Binding.Target = target;
            return (known with { Signature = port.Signature }, error);
        }

        if (error is not null)
        {
            return (null, error);
        }

        SysResult opened = Binding.TryOpen(port.EndPoint, target, _workers, out Binding? binding);
        if (binding is null)
        {
            return (null, $"{port.EndPoint}: {Errno.Describe(opened.Errno)}");
        }

        await binding.OpenAsync();
        return (new BoundPort(binding, port.Signature), null);
    }

    private void CloseIdle(List<EndpointTarget> endpoints)
    {
        if (endpoints.Count == 0)
        {
            return;
        }

        foreach (Worker worker in _workers)
        {
            worker.Post(
                _ =>
                {
                    foreach (EndpointTarget endpoint in endpoints)
                    {
                        endpoint.Local<UpstreamPool>(worker.Id).Clear();
                    }
                },
                null);
        }
    }

    private sealed record BoundPort(Binding Binding, string Signature);
}
