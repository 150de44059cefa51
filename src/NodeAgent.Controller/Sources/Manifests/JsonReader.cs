using System.Text;
using System.Text.Json;

namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>
/// JSON text to marked values. YAML readers take most JSON, but not tabs as indentation nor surrogate escapes.
/// Several documents may follow one another.
/// </summary>
internal static class JsonReader
{
    public static MarkedFile Read(ReadOnlySpan<byte> utf8)
    {
        var lines = new LineCounter();
        var documents = new List<MarkedNode>();
        var reader = new Utf8JsonReader(utf8, new JsonReaderOptions
        {
            AllowMultipleValues = true,
            CommentHandling = JsonCommentHandling.Skip,
            AllowTrailingCommas = true,
            MaxDepth = MarkedFile.MaxDepth,
        });
        try
        {
            while (reader.Read())
            {
                documents.Add(Value(ref reader, utf8, ref lines));
            }

            return new MarkedFile(documents, null);
        }
        catch (JsonException e)
        {
            return MarkedFile.Broken(new ReadFault((int)(e.LineNumber ?? 0) + 1, $"is no valid JSON: {e.Message.Split(" LineNumber:")[0]}"));
        }
        catch (InvalidOperationException)
        {
            // What the reader throws for escapes that are no Unicode text (a lone surrogate).
            int line = lines.At(utf8, reader.TokenStartIndex);
            return MarkedFile.Broken(new ReadFault(line, "is no valid JSON: a text has an escape that is no character"));
        }
    }

    private static MarkedNode Value(ref Utf8JsonReader reader, ReadOnlySpan<byte> utf8, ref LineCounter lines)
    {
        int line = lines.At(utf8, reader.TokenStartIndex);
        switch (reader.TokenType)
        {
            case JsonTokenType.StartObject:
                var fields = new List<MarkedField>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
                {
                    string name = reader.GetString()!;
                    int at = lines.At(utf8, reader.TokenStartIndex);
                    reader.Read();
                    fields.Add(new MarkedField(name, at, Value(ref reader, utf8, ref lines)));
                }

                return new MarkedMap(line, fields);
            case JsonTokenType.StartArray:
                var items = new List<MarkedNode>();
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    items.Add(Value(ref reader, utf8, ref lines));
                }

                return new MarkedList(line, items);
            case JsonTokenType.String:
                return new MarkedScalar(line, ScalarType.Text, reader.GetString()!);
            case JsonTokenType.Number:
                return new MarkedScalar(line, ScalarType.Number, Encoding.UTF8.GetString(reader.ValueSpan));
            case JsonTokenType.True:
            case JsonTokenType.False:
                return new MarkedScalar(line, ScalarType.Boolean, reader.GetBoolean() ? "true" : "false");
            default:
                return new MarkedScalar(line, ScalarType.Null, "null");
        }
    }

    /// <summary>Line of a byte position; positions only grow.</summary>
    private struct LineCounter
    {
        private int _position;
        private int _line;

        public int At(ReadOnlySpan<byte> utf8, long position)
        {
            int end = (int)position;
            if (end > _position)
            {
                _line += utf8[_position..end].Count((byte)'\n');
                _position = end;
            }

            return _line + 1;
        }
    }
}
