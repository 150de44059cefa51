using System.Collections.Immutable;
using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Graph;

/// <summary>
/// A resource that the snapshot carries because something in it refers to it: a backend, a certificate, a CA bundle.
/// Holds keys only; objects are looked up when it is built, so that it follows them.
/// </summary>
internal abstract record SnapshotTarget
{
    /// <summary>The id of the resource it builds; targets with one id are one target.</summary>
    public abstract string Id { get; }

    /// <summary>What policies name to reach it, e.g. <c>Service/NS/NAME</c>; null when no policy can.</summary>
    public virtual string? Subject => null;

    public abstract TargetResult Build(ObjectIndex index);
}

/// <param name="Resource">Its id is that of the target. Null when it went away; then nothing refers to it any more either.</param>
/// <param name="Needs">What the resource itself refers to.</param>
internal readonly record struct TargetResult(Resource? Resource, ImmutableArray<SnapshotTarget> Needs)
{
    public static TargetResult Of(Resource? resource) => new(resource, []);
}
