using System.Collections.Immutable;

namespace NodeAgent.TestCluster;

/// <summary>The kinds that are served now. Replaced as a whole at each change, so readers need no lock.</summary>
internal sealed class KindRegistry(IEnumerable<ServedKind> builtIn)
{
    private readonly Lock gate = new();

    private volatile Table table = new([.. builtIn]);

    public ImmutableArray<ServedKind> All => table.Kinds;

    /// <summary>Counts changes: what was made of the kinds may be kept until then.</summary>
    public long Edition => table.Edition;

    public ServedKind? Find(string group, string version, string plural) => table.ByPath.GetValueOrDefault((group, version, plural));

    /// <summary>By kind or plural, in the version that is stored.</summary>
    public ServedKind? Find(string group, string kindOrPlural) =>
        All.Where(k => k.Group == group && (k.Kind == kindOrPlural || k.Plural == kindOrPlural)).OrderByDescending(k => k.IsStorage).FirstOrDefault();

    public ServedKind? OfObject(string apiVersion, string kind) => All.FirstOrDefault(k => k.ApiVersion == apiVersion && k.Kind == kind);

    public void Replace(string group, string plural, IEnumerable<ServedKind> kinds)
    {
        lock (gate)
        {
            Table old = table;
            table = new Table([.. old.Kinds.Where(k => k.Group != group || k.Plural != plural), .. kinds]) { Edition = old.Edition + 1 };
        }
    }

    private sealed class Table(ImmutableArray<ServedKind> kinds)
    {
        public ImmutableArray<ServedKind> Kinds { get; } = kinds;

        public long Edition { get; init; }

        public Dictionary<(string Group, string Version, string Plural), ServedKind> ByPath { get; } = kinds.ToDictionary(k => (k.Group, k.Version, k.Plural));
    }
}
