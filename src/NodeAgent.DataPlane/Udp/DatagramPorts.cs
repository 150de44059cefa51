using System.Collections.Immutable;
using System.Net;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Udp;

/// <summary>The UDP ports that are bound. Written by the one caller that applies snapshots.</summary>
internal sealed class DatagramPorts(Worker[] workers)
{
    private ImmutableDictionary<IPEndPoint, BoundPort> _bound = ImmutableDictionary<IPEndPoint, BoundPort>.Empty;

    /// <summary>Any thread may read it.</summary>
    public IEnumerable<DatagramBinding> Bindings => Volatile.Read(ref _bound).Values.Select(b => b.Binding);

    /// <param name="unheld">Why an address is not on this node.</param>
    /// <param name="make">What serves a port; equal signatures are made once.</param>
    public async Task<ImmutableArray<BindResult>> ServeAsync(
        IReadOnlyList<PlannedPort> ports, ImmutableDictionary<IPAddress, string> unheld, Func<PlannedPort, IDatagramTarget?> make)
    {
        Dictionary<string, IDatagramTarget?> made = _bound.Values
            .DistinctBy(b => b.Signature).ToDictionary(b => b.Signature, b => b.Binding.Target, StringComparer.Ordinal);
        var results = ImmutableArray.CreateBuilder<BindResult>();
        foreach (PlannedPort port in ports)
        {
            if (!made.TryGetValue(port.Signature, out IDatagramTarget? target))
            {
                made[port.Signature] = target = make(port);
            }

            string? error = await ServeAsync(port, target, unheld.GetValueOrDefault(port.EndPoint.Address));
            results.AddRange(port.Listeners.Select(l =>
                new BindResult(l.Gateway, l.Listener, port.EndPoint.Address.ToString(), port.EndPoint.Port, error)));
        }

        return results.ToImmutable();
    }

    /// <summary>Stops receiving on what is not in <paramref name="ports"/>.</summary>
    /// <returns>By address, when what was received there is answered.</returns>
    public async Task<List<(IPAddress Address, Task Drained)>> ReleaseAsync(IReadOnlyList<PlannedPort> ports, TimeSpan patience)
    {
        var wanted = ports.Select(p => p.EndPoint).ToHashSet();
        var leaving = new List<(IPAddress, Task)>();
        foreach (BoundPort port in _bound.Values.Where(b => !wanted.Contains(b.Binding.EndPoint)).ToArray())
        {
            Volatile.Write(ref _bound, _bound.Remove(port.Binding.EndPoint));
            leaving.Add((port.Binding.EndPoint.Address, await port.Binding.DrainAsync(patience)));
        }

        return leaving;
    }

    private async Task<string?> ServeAsync(PlannedPort port, IDatagramTarget? target, string? unheld)
    {
        string? error = unheld is null ? null : $"{port.EndPoint}/udp: {unheld}";
        if (_bound.TryGetValue(port.EndPoint, out BoundPort? known))
        {
            known.Binding.Target = target;
            Volatile.Write(ref _bound, _bound.SetItem(port.EndPoint, known with { Signature = port.Signature }));
            return error;
        }

        if (error is not null)
        {
            return error;
        }

        SysResult opened = DatagramBinding.TryOpen(port.EndPoint, target, workers, out DatagramBinding? binding);
        if (binding is null)
        {
            return $"{port.EndPoint}/udp: {Errno.Describe(opened.Errno)}";
        }

        await binding.OpenAsync();
        Volatile.Write(ref _bound, _bound.Add(port.EndPoint, new BoundPort(binding, port.Signature)));
        return null;
    }

    private sealed record BoundPort(DatagramBinding Binding, string Signature);
}
