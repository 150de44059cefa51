using System.Collections.Immutable;

namespace NodeAgent.Snapshot;

/// <summary>
/// All that a data plane may know, at one moment. Resources are sorted by id (ordinal), so equal configuration
/// is equal text and one <see cref="Digest"/> tells two snapshots apart.
/// </summary>
public sealed class ConfigSnapshot
{
    private string? _digest;

    private ConfigSnapshot(ImmutableArray<Resource> resources) => Resources = resources;

    public static ConfigSnapshot Empty { get; } = new([]);

    public ImmutableArray<Resource> Resources { get; }

    /// <summary>The first 16 hex digits of the SHA-256 over the ids and digests of all resources.</summary>
    public string Digest => _digest ??= SnapshotCodec.DigestOf(Resources);

    /// <exception cref="ArgumentException">Two resources have the same id.</exception>
    public static ConfigSnapshot Create(IEnumerable<Resource> resources)
    {
        ImmutableArray<Resource> sorted = [.. resources.OrderBy(r => r.Id, StringComparer.Ordinal)];
        for (int i = 1; i < sorted.Length; i++)
        {
            if (sorted[i - 1].Id == sorted[i].Id)
            {
                throw new ArgumentException($"two resources are called {sorted[i].Id}", nameof(resources));
            }
        }

        return new ConfigSnapshot(sorted);
    }

    /// <summary>For a caller that keeps its resources sorted by id (ordinal) and their ids unique; nothing is checked.</summary>
    public static ConfigSnapshot FromSorted(ImmutableArray<Resource> resources) => new(resources);

    public IEnumerable<T> All<T>() where T : Resource => Resources.OfType<T>();
}
