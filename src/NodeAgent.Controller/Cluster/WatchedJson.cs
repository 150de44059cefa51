using System.Buffers;
using System.Collections.Immutable;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster;

/// <summary>What an object of an API server says, read off its JSON. For one thread.</summary>
internal sealed class WatchedJson(ClusterKind kind)
{
    private const string ManagedBy = "app.kubernetes.io/managed-by";

    /// <summary>In bytes; objects have 1.5 MB at the most, and few have more than this.</summary>
    private const int KeptBuffer = 64 * 1024;

    private ArrayBufferWriter<byte> _buffer = new();

    /// <summary>Objects that mean nothing to us whatever happens to them are not even kept.</summary>
    public bool IsOfUse(JsonElement item) => kind switch
    {
        { Group: Groups.Extensions } => TextOf(Get(item, "spec"), "group") == Groups.Gateway,
        { Kind: "EndpointSlice" } => TextOf(Get(Get(item, "metadata"), "labels"), "kubernetes.io/service-name").Length > 0,
        _ => true,
    };

    public static (string Namespace, string Name) NameOf(JsonElement item)
    {
        JsonElement meta = Get(item, "metadata");
        return (TextOf(meta, "namespace"), TextOf(meta, "name"));
    }

    /// <summary>
    /// Of all that translation may look at: status and bookkeeping of the server are left out, so that our own status
    /// writes, and those of others, come back as nothing new.
    /// </summary>
    public UInt128 HashOf(ApiResource resource, JsonElement item)
    {
        _buffer.ResetWrittenCount();
        Write(System.Text.Encoding.UTF8.GetBytes(resource.ApiVersion));
        foreach (JsonProperty field in item.EnumerateObject())
        {
            if (field.NameEquals("metadata"))
            {
                foreach (JsonProperty meta in field.Value.EnumerateObject())
                {
                    if (!meta.NameEquals("resourceVersion") && !meta.NameEquals("managedFields"))
                    {
                        Write(meta);
                    }
                }
            }
            else if (!field.NameEquals("kind") && !field.NameEquals("apiVersion") && (kind.StatusMatters || !field.NameEquals("status")))
            {
                Write(field);
            }
        }

        UInt128 hash = MemoryMarshal.Read<UInt128>(SHA256.HashData(_buffer.WrittenSpan));
        if (_buffer.Capacity > KeptBuffer)
        {
            _buffer = new ArrayBufferWriter<byte>();
        }

        return hash;
    }

    /// <returns>Null for objects that nobody writes to.</returns>
    public StoredObject? StoredOf(ApiResource resource, JsonElement item)
    {
        JsonElement meta = Get(item, "metadata");
        bool managed = kind is { Group: Groups.Core, Kind: "Service" } && TextOf(Get(meta, "labels"), ManagedBy) == "nodeagent";
        if (!kind.HasStatusOfOurs && !managed)
        {
            return null;
        }

        return new StoredObject(
            resource,
            TextOf(meta, "namespace"),
            TextOf(meta, "name"),
            TextOf(meta, "uid"),
            TextOf(meta, "resourceVersion"),
            Get(meta, "generation") is { ValueKind: JsonValueKind.Number } number && number.TryGetInt64(out long generation) ? generation : 0,
            TextsOf(Get(meta, "finalizers")),
            TextOf(meta, "deletionTimestamp").Length > 0)
        {
            Status = kind.HasStatusOfOurs ? BytesOf(Get(item, "status")) : default,
            Metadata = managed ? BytesOf(meta) : default,
        };
    }

    private static JsonElement Get(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    private static string TextOf(JsonElement element, string name) =>
        Get(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString()! : "";

    private static ImmutableArray<string> TextsOf(JsonElement list) => list.ValueKind == JsonValueKind.Array
        ? [.. list.EnumerateArray().Where(t => t.ValueKind == JsonValueKind.String).Select(t => t.GetString()!)]
        : [];

    private static byte[] BytesOf(JsonElement element) =>
        element.ValueKind == JsonValueKind.Object ? JsonMarshal.GetRawUtf8Value(element).ToArray() : [];

    private void Write(JsonProperty field)
    {
        Write(JsonMarshal.GetRawUtf8PropertyName(field));
        Write(":"u8);
        Write(JsonMarshal.GetRawUtf8Value(field.Value));
        Write(","u8);
    }

    private void Write(ReadOnlySpan<byte> text) => _buffer.Write(text);
}
