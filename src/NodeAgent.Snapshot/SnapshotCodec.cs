using System.Buffers;
using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>Snapshot to JSON and back. Property order is declaration order, so equal resources give equal bytes.</summary>
public static class SnapshotCodec
{
    private const int DigestChars = 16;

    /// <summary>Bytes that are hashed at once.</summary>
    private const int DigestPiece = 16 * 1024;

    private static readonly SnapshotJson Compact = new(Options(indented: false));

    private static readonly SnapshotJson Indented = new(Options(indented: true));

    public static byte[] ToUtf8(Resource resource) => JsonSerializer.SerializeToUtf8Bytes(resource, Compact.Resource);

    /// <summary>Whole, with private keys: for data planes and files that only they may read.</summary>
    public static string ToJson(ConfigSnapshot snapshot, bool indented = false) => ToJson(snapshot.Resources, indented);

    /// <summary>Without secrets: the only form that commands, pages and logs may print.</summary>
    public static string ToPrintableJson(ConfigSnapshot snapshot, bool indented = false) =>
        ToJson([.. snapshot.Resources.Select(r => r.Redacted())], indented);

    /// <exception cref="JsonException">The text is no JSON list of resources.</exception>
    /// <exception cref="ArgumentException">Two resources have the same id.</exception>
    public static ConfigSnapshot FromJson(string json) =>
        ConfigSnapshot.Create(JsonSerializer.Deserialize(json, Compact.ImmutableArrayResource));

    private static string ToJson(ImmutableArray<Resource> resources, bool indented) =>
        JsonSerializer.Serialize(resources, (indented ? Indented : Compact).ImmutableArrayResource);

    internal static string DigestOf(Resource resource) => Hex(SHA256.HashData(ToUtf8(resource)));

    /// <summary>Of the lines <c>ID DIGEST</c>. They are hashed piece by piece: as one text they would be large, for each edit.</summary>
    internal static string DigestOf(ImmutableArray<Resource> resources)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var lines = new ArrayBufferWriter<byte>(2 * DigestPiece);
        foreach (Resource resource in resources)
        {
            Encoding.UTF8.GetBytes(resource.Id, lines);
            lines.Write(" "u8);
            Encoding.UTF8.GetBytes(resource.Digest, lines);
            lines.Write("\n"u8);
            if (lines.WrittenCount >= DigestPiece)
            {
                hash.AppendData(lines.WrittenSpan);
                lines.ResetWrittenCount();
            }
        }

        hash.AppendData(lines.WrittenSpan);
        return Hex(hash.GetHashAndReset());
    }

    private static string Hex(byte[] hash) => Convert.ToHexStringLower(hash)[..DigestChars];

    private static JsonSerializerOptions Options(bool indented) => new()
    {
        WriteIndented = indented,
        PropertyNamingPolicy = JsonNamingPolicy.CamelCase,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip,
    };
}

[JsonSourceGenerationOptions(UseStringEnumConverter = true)]
[JsonSerializable(typeof(ImmutableArray<Resource>))]
internal sealed partial class SnapshotJson : JsonSerializerContext;
