using System.Collections.Immutable;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller;

/// <summary>What the reconciler works with.</summary>
/// <param name="AddressPools">CIDRs in canonical text, in the order given.</param>
/// <param name="StateFolder">Where addresses are remembered; null: nowhere.</param>
public sealed record ReconcilerOptions(ImmutableArray<string> AddressPools, string? StateFolder)
{
    /// <summary>How long a port that was taken is left alone before it is tried again.</summary>
    public TimeSpan BindRetry { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>What the sink can serve.</summary>
    public DataPlaneFeatures Features { get; init; } = DataPlaneFeatures.All;

    /// <inheritdoc cref="ClusterState.InCluster"/>
    public bool InCluster { get; init; }

    /// <summary>Folders below which StaticFiles may serve this node's own; null where that is not known.</summary>
    public ImmutableArray<string>? StaticRoots { get; init; }
}

/// <summary>Everything as it is now. Immutable; a reader takes it once and works on that.</summary>
/// <param name="Objects">The last good version of each.</param>
/// <param name="Translation">Its statuses know of <paramref name="BindFailures"/>.</param>
/// <param name="Statuses">Those of the translation, each condition with its lastTransitionTime.</param>
/// <param name="Ignored">Kinds at the source that are not read.</param>
/// <param name="Generation">Counts the views of this process, from 1; 0 before the first.</param>
/// <param name="AppliedAt">When the sink last took a snapshot.</param>
public sealed record ReconcilerView(
    ImmutableArray<ApiObject> Objects,
    Translation Translation,
    ImmutableArray<ObjectStatus> Statuses,
    ImmutableArray<Problem> Problems,
    ImmutableArray<IgnoredKind> Ignored,
    ImmutableArray<BindFailure> BindFailures,
    long Generation,
    DateTimeOffset AppliedAt)
{
    /// <inheritdoc cref="SourceRead.Unread"/>
    public int Unread { get; init; }

    public static ReconcilerView Empty { get; } =
        new([], GatewayTranslator.Translate(ClusterState.Empty), [], [], [], [], 0, DateTimeOffset.UnixEpoch);
}
