using System.Buffers;
using NodeAgent.Controller;

namespace NodeAgent.Agent;

/// <summary>Where a process gets its configuration from, and what it does there beside reading.</summary>
internal interface IConfigOrigin : IAsyncDisposable
{
    /// <summary>For the first line of the log.</summary>
    string Name { get; }

    IObjectSource Source { get; }

    /// <inheritdoc cref="ReconcilerOptions.InCluster"/>
    bool InCluster { get; }

    /// <summary>One line: why there is no configuration yet.</summary>
    string Waiting { get; }

    /// <summary>Follows what the reconciler makes of the configuration, and tells it where it came from, until cancelled.</summary>
    Task AttendAsync(Reconciler reconciler, CancellationToken cancel);

    void WriteMetrics(IBufferWriter<byte> output);
}

/// <summary>A folder of manifests: there is nobody to tell.</summary>
internal sealed class FolderOrigin(string folder) : IConfigOrigin
{
    public string Name => $"manifests {folder}";

    /// <exception cref="DirectoryNotFoundException">It has gone.</exception>
    public IObjectSource Source { get; } = new Controller.Sources.Manifests.ManifestSource(folder);

    public bool InCluster => false;

    public string Waiting => "the manifests are not served yet";

    public Task AttendAsync(Reconciler reconciler, CancellationToken cancel) => Task.CompletedTask;

    public void WriteMetrics(IBufferWriter<byte> output)
    {
        // Those of the configuration and of the data plane are all there are.
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
