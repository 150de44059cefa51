using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Snapshot;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Tests;

/// <summary>
/// The loop over a real folder, with a translator so simple that the loop alone is tested: a Service becomes a
/// backend, a status and a pool address.
/// </summary>
internal sealed class RunningReconciler : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly CancellationTokenSource _stop = new();
    private readonly Reconciler _reconciler;
    private readonly Task _run;

    public RunningReconciler(TempFolder folder, RecordingSink sink, string? state = null, TimeSpan? bindRetry = null, Func<IObjectSource, IObjectSource>? through = null)
    {
        IObjectSource source = new ManifestSource(folder.Root);
        var options = new ReconcilerOptions(["127.80.0.0/24"], state) { BindRetry = bindRetry ?? TimeSpan.FromHours(1) };
        _reconciler = new Reconciler(options, through?.Invoke(source) ?? source, sink, Log) { Translator = Translate };
        _run = _reconciler.RunAsync(_stop.Token);
    }

    public RecordingLog Log { get; } = new();

    public ReconcilerView Current => _reconciler.Current;

    public async Task<ReconcilerView> UntilAsync(Func<ReconcilerView, bool> wanted)
    {
        using var patience = new CancellationTokenSource(Patience);
        return await _reconciler.WaitForAsync(wanted, patience.Token);
    }

    public Task<ReconcilerView> FirstAsync() => UntilAsync(view => view.Generation > 0);

    public static JsonNode ConditionOf(ReconcilerView view, string name) =>
        view.Statuses.Single(s => s.Name == name).Status["conditions"]![0]!;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.WaitAsync(Patience);
        _reconciler.Dispose();
        _stop.Dispose();
    }

    private static Translation Translate(ClusterState state)
    {
        Service[] services = [.. state.Objects.OfType<Service>()];
        var addresses = ImmutableSortedDictionary.CreateBuilder<string, PoolAddresses>(StringComparer.Ordinal);
        foreach (Service service in services)
        {
            addresses[service.Meta.Key] = state.Addresses.Remembered.GetValueOrDefault(service.Meta.Key) ?? PoolAddresses.Of($"127.80.0.{service.Ports[0].Port % 250}");
        }

        return new Translation(
            ConfigSnapshot.Create(services.Select(s => new BackendResource(s.Meta.Namespace, s.Meta.Name, s.Ports[0].Port, BackendProtocol.Http1, []))),
            [.. services.Select(s => StatusOf(s, state.Observed))],
            addresses.ToImmutable());
    }

    private static ObjectStatus StatusOf(Service service, Observed observed)
    {
        bool failed = observed.BindFailures.Any(f => f.Gateway == service.Meta.Key);
        var condition = new JsonObject { ["type"] = "Programmed", ["status"] = failed ? "False" : "True" };
        return new ObjectStatus("v1", "Service", service.Meta.Namespace, service.Meta.Name, 1, new JsonObject { ["conditions"] = new JsonArray(condition) });
    }
}
