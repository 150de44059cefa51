using System.Collections.Immutable;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller;

/// <summary>Where objects come from: a folder of manifests, or an API server.</summary>
public interface IObjectSource
{
    /// <summary>
    /// What is there now, for one caller at a time. The same reference as before where nothing changed; null as long as
    /// the source has not seen all there is: nothing may be served or told then.
    /// </summary>
    SourceRead? Read();

    /// <summary>Told after each translation, by whoever reads.</summary>
    /// <param name="read">What it was made of: the last one read, or the answer to this.</param>
    /// <returns>Null when the translation had all it looked for; else the same read with what it did not have, to be translated instead.</returns>
    SourceRead? Complete(SourceRead read, Translation translation) => null;

    /// <summary>Told after each translation that was complete, by whoever reads.</summary>
    /// <param name="translation">Made of what was read last.</param>
    /// <returns>
    /// False when the source has yet to look for something the translation looked for, so that it must not be served:
    /// the source wakes its reader when it knows. True soon after at the latest.
    /// </returns>
    bool Provides(Translation translation);

    /// <summary>Follows what is there until cancelled; then returns. Runs once.</summary>
    /// <param name="wake">Called on any thread when there may be something new to read.</param>
    /// <exception cref="IOException">It cannot be followed.</exception>
    Task RunAsync(Action wake, CancellationToken cancel);
}

/// <summary>What a source has, and where it is wrong.</summary>
/// <param name="Objects">Each kind/namespace/name once. What did not change since the read before is the same reference.</param>
/// <param name="Ignored">Kinds that are not read, each once.</param>
public sealed record SourceRead(
    ImmutableArray<ApiObject> Objects,
    ImmutableArray<Problem> Problems,
    ImmutableArray<IgnoredKind> Ignored)
{
    /// <summary>How many objects the source has beside these, which no translation has looked for yet.</summary>
    public int Unread { get; init; }

    /// <summary>Gateway <c>NS/NAME</c> to the addresses that its status shows: the memory of whoever has lost his own.</summary>
    public ImmutableSortedDictionary<string, PoolAddresses> ShownAddresses { get; init; } =
        ImmutableSortedDictionary<string, PoolAddresses>.Empty;
}
