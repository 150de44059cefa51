using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Packing;

namespace NodeAgent.Controller.Cluster;

/// <summary>One object of the store. Guarded by the store's lock. There may be very many: each field counts.</summary>
internal sealed class ObjectSlot(string ns, string name)
{
    /// <summary>An <see cref="ApiObject"/>, or the bytes of one that is packed.</summary>
    private object? _last;

    public string Namespace => ns;

    public string Name => name;

    /// <summary>Of all that matters to translation: what comes again with the same hash is not read again.</summary>
    public UInt128 Hash { get; set; }

    /// <summary>The last good version; null when there was none yet, or where it is packed.</summary>
    public ApiObject? Object
    {
        get => _last as ApiObject;
        set => _last = value;
    }

    /// <summary>The last good version is here, but translation does not read it.</summary>
    public bool IsPacked => _last is byte[];

    /// <summary>Of an EndpointSlice; null for all else.</summary>
    public string? Service => _last switch
    {
        EndpointSlice slice => slice.ServiceName,
        byte[] packed => PackedObject.ServiceOf(ns, name, packed),
        _ => null,
    };

    /// <summary>The next of those that <see cref="SliceIndex"/> keeps together.</summary>
    public ObjectSlot? Next { get; set; }

    /// <summary>Its place in the list of all; -1 for none.</summary>
    public int Place { get; set; } = -1;

    /// <summary>The list in which it was seen last, as counted by whoever lists.</summary>
    public int Seen { get; private set; }

    /// <summary>Null for kinds that nobody writes to.</summary>
    public StoredObject? Stored { get; set; }

    /// <summary>Two watches may tell of one object: what the one hears must not make it unseen in the list of the other.</summary>
    public void SeeIn(int list) => Seen = Math.Max(Seen, list);

    public void Pack(ApiObject item) => _last = PackedObject.Pack(item);

    /// <summary>What is packed; it stays so.</summary>
    public ApiObject Unpack() => PackedObject.Unpack(ns, name, (byte[])_last!);
}
