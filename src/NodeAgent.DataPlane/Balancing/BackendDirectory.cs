using System.Collections.Immutable;
using System.Net;
using NodeAgent.DataPlane.Health;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Metrics;
using NodeAgent.DataPlane.Resolving;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Balancing;

/// <summary>The backends of the snapshot together with what changes them between two snapshots: name lookups and health checks.</summary>
internal sealed class BackendDirectory : IAsyncDisposable
{
    /// <summary>How long new routes wait for new host names, so that their first request finds an endpoint.</summary>
    private static readonly TimeSpan FirstAnswers = TimeSpan.FromSeconds(1);

    private readonly Action<List<EndpointTarget>> _retired;
    private readonly HostResolver _resolver;
    private readonly HealthMonitor _health;

    /// <param name="retired">Told of endpoints that nobody names any more; called from any thread.</param>
    public BackendDirectory(int workers, DataPlaneOptions options, DescriptorBudget budget, Action<List<EndpointTarget>> retired)
    {
        _retired = retired;
        Registry = new BackendRegistry(workers, new Http.Extensions.StaticFiles.FolderAccess(options.StaticRoots));
        _resolver = new HostResolver(options.LookUp, options.NodeOnlyBackends, Resolved);
        _health = new HealthMonitor(budget, Registry.SetHealth);
    }

    public BackendRegistry Registry { get; }

    /// <returns>The endpoints that nobody names any more.</returns>
    public async Task<List<EndpointTarget>> UpdateAsync(ConfigSnapshot snapshot)
    {
        List<EndpointTarget> retired = Registry.Update(snapshot);
        foreach (string name in _resolver.Follow(Registry.WantedNames()))
        {
            Registry.ForgetAddresses(name);
        }

        await _resolver.FirstAnswersAsync(FirstAnswers);
        _health.Follow(Registry.WantedChecks());
        return retired;
    }

    public void WriteMetrics(PrometheusText text)
    {
        ImmutableArray<(string Backend, int All, int Unhealthy)> counts = Registry.Counts();
        text.Family("backend_endpoints", "gauge", "Endpoints of a backend, resolved ones included.");
        foreach ((string backend, int all, _) in counts)
        {
            text.Sample("backend_endpoints", all, ("backend", backend));
        }

        text.Family("backend_endpoints_unhealthy", "gauge", "Endpoints that health checks have taken out.");
        foreach ((string backend, _, int unhealthy) in counts)
        {
            text.Sample("backend_endpoints_unhealthy", unhealthy, ("backend", backend));
        }

        text.Family("health_check_failures_total", "counter", "Health checks that failed.");
        text.Sample("health_check_failures_total", _health.Failures);
        text.Family("host_lookups_total", "counter", "Lookups of the host names of backends.");
        text.Sample("host_lookups_total", _resolver.Resolved, ("result", "found"));
        text.Sample("host_lookups_total", _resolver.Failed, ("result", "failed"));
    }

    public async ValueTask DisposeAsync()
    {
        await _resolver.DisposeAsync();
        await _health.DisposeAsync();
    }

    private void Resolved(string name, ImmutableArray<IPAddress> addresses)
    {
        _retired(Registry.SetAddresses(name, addresses));
        _health.Follow(Registry.WantedChecks());
    }
}
