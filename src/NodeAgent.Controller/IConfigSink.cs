using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator;

namespace NodeAgent.Controller;

/// <summary>Where translated configuration goes: the data plane of this process, or the agents of a cluster.</summary>
public interface IConfigSink
{
    /// <summary>Serves <paramref name="snapshot"/> from now on and tells which listeners could not be bound.</summary>
    Task<ImmutableArray<BindFailure>> ApplyAsync(ConfigSnapshot snapshot, CancellationToken cancel);
}
