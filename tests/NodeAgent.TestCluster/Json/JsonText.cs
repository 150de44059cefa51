using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Json;

/// <summary>JSON as objects are kept: read eagerly (a lazily read tree is not safe to share), written once.</summary>
internal static class JsonText
{
    private const int Depth = 200;

    private static readonly JsonReaderOptions Reading = new() { MaxDepth = Depth };

    private static readonly JsonWriterOptions Writing = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    private static readonly JsonSerializerOptions Plain = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, MaxDepth = Depth };

    /// <summary>Reads a document; of a field that is there twice the last one counts.</summary>
    /// <param name="duplicates">Gets the paths of fields that are there twice.</param>
    /// <exception cref="JsonException">The text is not JSON.</exception>
    public static JsonNode? Parse(ReadOnlySpan<byte> utf8, List<string>? duplicates = null)
    {
        var reader = new Utf8JsonReader(utf8, Reading);
        reader.Read();
        JsonNode? node = Value(ref reader, "", duplicates);
        if (reader.Read())
        {
            throw new JsonException("text follows the document");
        }

        return node;
    }

    public static byte[] Bytes(JsonNode node)
    {
        using var buffer = new MemoryStream(1024);
        using (var writer = new Utf8JsonWriter(buffer, Writing))
        {
            node.WriteTo(writer, Plain);
        }

        return buffer.ToArray();
    }

    public static string Text(JsonNode? node) => node is null ? "null" : node.ToJsonString(Plain);

    /// <summary>A number that every GetValue of a numeric type can read.</summary>
    public static JsonNode Number(long value)
    {
        var reader = new Utf8JsonReader(System.Text.Encoding.ASCII.GetBytes(value.ToString(System.Globalization.CultureInfo.InvariantCulture)));
        return JsonValue.Create(JsonElement.ParseValue(ref reader))!;
    }

    private static JsonNode? Value(ref Utf8JsonReader reader, string path, List<string>? duplicates)
    {
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var item = new JsonObject();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    string name = reader.GetString()!;
                    reader.Read();
                    string inner = duplicates is null ? "" : path.Length == 0 ? name : $"{path}.{name}";
                    if (item.ContainsKey(name))
                    {
                        duplicates?.Add(inner);
                    }

                    item[name] = Value(ref reader, inner, duplicates);
                }

                return item;
            case JsonTokenType.StartArray:
                var list = new JsonArray();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    list.Add(Value(ref reader, duplicates is null ? "" : $"{path}[{list.Count}]", duplicates));
                }

                return list;
            case JsonTokenType.String:
                return JsonValue.Create(reader.GetString());
            case JsonTokenType.True:
                return JsonValue.Create(true);
            case JsonTokenType.False:
                return JsonValue.Create(false);
            case JsonTokenType.Null:
                return null;
            default:
                return JsonValue.Create(JsonElement.ParseValue(ref reader));
        }
    }
}
