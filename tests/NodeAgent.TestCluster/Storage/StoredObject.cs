using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Storage;

/// <summary>Where objects of a kind are kept, whatever version they are asked in.</summary>
internal readonly record struct ResourceId(string Group, string Plural)
{
    public override string ToString() => Group.Length == 0 ? Plural : $"{Plural}.{Group}";
}

/// <param name="Namespace">Empty for objects of the cluster.</param>
internal readonly record struct ObjectKey(string Namespace, string Name) : IComparable<ObjectKey>
{
    public int CompareTo(ObjectKey other)
    {
        int order = string.CompareOrdinal(Namespace, other.Namespace);
        return order != 0 ? order : string.CompareOrdinal(Name, other.Name);
    }
}

/// <summary>One version of one object. Its body is never changed: whoever wants another makes a copy.</summary>
internal sealed class StoredObject(ResourceId resource, ObjectKey key, JsonObject body, long revision)
{
    private ImmutableDictionary<ServedKind, StoredObject> shown = ImmutableDictionary<ServedKind, StoredObject>.Empty;
    private byte[]? utf8;

    public ResourceId Resource { get; } = resource;

    public ObjectKey Key { get; } = key;

    public JsonObject Body { get; } = body;

    public long Revision { get; } = revision;

    /// <summary>The body as text, made at its first use and kept.</summary>
    public byte[] Utf8 => utf8 ??= JsonText.Bytes(Body);

    public JsonObject? Labels => Body.Object("metadata").Object("labels");

    public string Uid => Body.Object("metadata").Text("uid") ?? "";

    /// <summary>This object as the given version of its kind shows it; made once and kept.</summary>
    public StoredObject As(ServedKind kind)
    {
        if (Body.Text("apiVersion") == kind.ApiVersion)
        {
            return this;
        }

        return ImmutableInterlocked.GetOrAdd(ref shown, kind, k => new StoredObject(Resource, Key, Conversion.To(k, Body), Revision));
    }
}
