using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Cluster;

/// <summary>How kinds of a cluster are followed. Each call goes on until cancelled, whatever the API server does.</summary>
public interface IClusterWatches
{
    /// <summary>Waits until the kind is served, and follows it, whatever becomes of its versions.</summary>
    internal Task FollowAsync(ClusterKind kind, WatchScope scope, KindMirror mirror, CancellationToken cancel);

    /// <summary>Follows a resource that every API server has.</summary>
    internal Task FollowAsync(ApiResource resource, WatchScope scope, IWatchHandler handler, CancellationToken cancel);

    /// <summary>For single requests.</summary>
    internal IKubernetesApi Api { get; }
}
