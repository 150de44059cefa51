using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>A watch that runs as long as the test.</summary>
internal sealed class Following : IAsyncDisposable
{
    public static readonly ApiResource ConfigMaps = new("", "v1", "configmaps", "ConfigMap", Namespaced: true);

    private readonly CancellationTokenSource _stop = new();
    private readonly Task _run;

    public static Following Of(KubernetesClient client, WatchScope? scope = null, RecordingHandler? handler = null)
    {
        handler ??= new RecordingHandler();
        return new Following(new ResourceWatch(client, ConfigMaps, scope ?? WatchScope.All, handler).RunAsync, handler);
    }

    public Following(Func<CancellationToken, Task> run, RecordingHandler handler)
    {
        Handler = handler;
        _run = run(_stop.Token);
    }

    public RecordingHandler Handler { get; }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _run.SoonAsync();
        _stop.Dispose();
    }
}
