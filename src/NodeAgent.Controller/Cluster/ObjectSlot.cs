using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster;

/// <summary>One object of the store. Guarded by the store's lock.</summary>
internal sealed class ObjectSlot(string ns, string name)
{
    public string Namespace => ns;

    public string Name => name;

    /// <summary>Of all that matters to translation: what comes again with the same hash is not read again.</summary>
    public UInt128 Hash { get; set; }

    /// <summary>The last good version; null when there was none yet.</summary>
    public ApiObject? Object { get; set; }

    /// <summary>Its place in the list of all; -1 for none.</summary>
    public int Place { get; set; } = -1;

    /// <summary>The list in which it was seen last, as counted by whoever lists.</summary>
    public int Seen { get; private set; }

    /// <summary>Null for kinds that nobody writes to.</summary>
    public StoredObject? Stored { get; set; }

    public ImmutableArray<FieldProblem> Problems { get; set; } = [];

    /// <summary>Two watches may tell of one object: what the one hears must not make it unseen in the list of the other.</summary>
    public void SeeIn(int list) => Seen = Math.Max(Seen, list);
}
