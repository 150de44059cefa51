using System.Buffers;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.Translator.Tests.Fuzz;

/// <summary>Bends a valid document: one to three small changes, each somewhere else. The same random numbers bend it the same way.</summary>
internal sealed class JsonMutation(Random random)
{
    private static readonly string[] EdgeTexts =
    [
        "", " ", "*", "*.", "*.*", ".", "/", "-", "0", "true", "null", "default", "HTTPRoute", "Gateway", "Service", "Secret", "core",
        "127.0.0.1", "::1", "0.0.0.0", "255.255.255.255", "a.b.c", "*.example.com", "http", "HTTPS", "TLS", "Passthrough", "0s", "1h1m1s1ms",
        "99999h", "\u0000", "\n", "\u2028", "\ud83d\ude00", "gateway.networking.k8s.io", "(", "a)|(b", "[a-z]{1,9999}", "%zz", "../..",
    ];

    private static readonly long[] EdgeNumbers =
        [0, 1, -1, 2, 80, 443, 65535, 65536, 1_000_000, 1_000_001, int.MaxValue, (long)int.MaxValue + 1, long.MaxValue, long.MinValue];

    private JsonObject? _doubled;

    public byte[] Mutate(JsonNode valid)
    {
        JsonNode root = valid.DeepClone();
        _doubled = null;
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            MutateOnce(root);
        }

        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, new JsonWriterOptions { SkipValidation = true }))
        {
            Write(root, writer);
        }

        return buffer.WrittenSpan.ToArray();
    }

    private void MutateOnce(JsonNode root)
    {
        JsonNode at = Somewhere(root);
        if (at is JsonArray { Count: > 0 } list && random.Next(2) == 0)
        {
            int index = random.Next(list.Count);
            switch (random.Next(3))
            {
                case 0: list.RemoveAt(index); break;
                case 1: list.Insert(random.Next(list.Count + 1), list[index]?.DeepClone()); break;
                default: list[index] = Anything(root); break;
            }
        }
        else if (at is JsonObject { Count: > 0 } map && random.Next(2) == 0)
        {
            string name = map.ElementAt(random.Next(map.Count)).Key;
            switch (random.Next(4))
            {
                case 0: map.Remove(name); break;
                case 1: Rename(map, name); break;
                case 2: map[name] = Anything(root); break;
                default: _doubled = map; break;
            }
        }
        else if (at.Parent is JsonObject parent)
        {
            parent[at.GetPropertyName()] = Bent(at, root);
        }
        else if (at.Parent is JsonArray items)
        {
            items[at.GetElementIndex()] = Bent(at, root);
        }
    }

    private void Rename(JsonObject map, string name)
    {
        JsonNode? value = map[name];
        map.Remove(name);
        map[BentText(name)] = value;
    }

    private JsonNode? Bent(JsonNode value, JsonNode root) => (value as JsonValue)?.GetValueKind() switch
    {
        JsonValueKind.String when random.Next(3) > 0 => BentText(value.GetValue<string>()),
        JsonValueKind.Number when random.Next(3) > 0 => BentNumber(value),
        JsonValueKind.True or JsonValueKind.False when random.Next(3) > 0 => value.GetValueKind() == JsonValueKind.False,
        _ => Anything(root),
    };

    private JsonValue BentNumber(JsonNode value)
    {
        long number = long.TryParse(value.ToJsonString(), out long parsed) ? parsed : 0;
        return random.Next(5) switch
        {
            0 => JsonValue.Create(number + 1),
            1 => JsonValue.Create(number - 1),
            2 => JsonValue.Create(number * 10),
            3 => JsonValue.Create(number + 0.5),
            _ => JsonValue.Create(-number),
        };
    }

    private string BentText(string text)
    {
        int at = random.Next(text.Length + 1);
        return random.Next(8) switch
        {
            0 => text.Insert(at, EdgeTexts[random.Next(EdgeTexts.Length)]),
            1 => text[..at],
            2 => text[at..],
            3 => text.ToUpperInvariant(),
            4 => string.Concat(text.Reverse()),
            5 => text + text,
            6 => text.Insert(at, ((char)random.Next(1, 0x2fff)).ToString()),
            _ => new string('a', random.Next(1, 300)),
        };
    }

    private JsonNode? Anything(JsonNode root) => random.Next(10) switch
    {
        0 => null,
        1 => JsonValue.Create(random.Next(2) == 0),
        2 => JsonValue.Create(EdgeNumbers[random.Next(EdgeNumbers.Length)]),
        3 => JsonValue.Create(1e300),
        4 => new JsonArray(),
        5 => new JsonObject(),
        6 => new JsonObject { ["name"] = EdgeTexts[random.Next(EdgeTexts.Length)] },
        7 => Somewhere(root).DeepClone(),
        8 => new JsonArray(Somewhere(root).DeepClone(), Somewhere(root).DeepClone()),
        _ => JsonValue.Create(EdgeTexts[random.Next(EdgeTexts.Length)]),
    };

    /// <summary>Any value of the document, each as likely as the others.</summary>
    private JsonNode Somewhere(JsonNode root)
    {
        JsonNode chosen = root;
        int seen = 0;
        Visit(root);
        return chosen;

        void Visit(JsonNode node)
        {
            if (random.Next(++seen) == 0)
            {
                chosen = node;
            }

            IEnumerable<JsonNode?> children = node switch
            {
                JsonObject map => map.Select(p => p.Value),
                JsonArray list => list,
                _ => [],
            };
            foreach (JsonNode child in children.OfType<JsonNode>())
            {
                Visit(child);
            }
        }
    }

    /// <summary>A field that stands twice exists in texts only, not in trees.</summary>
    private void Write(JsonNode? node, Utf8JsonWriter writer)
    {
        switch (node)
        {
            case JsonObject map:
                writer.WriteStartObject();
                foreach ((string name, JsonNode? value) in map)
                {
                    writer.WritePropertyName(name);
                    Write(value, writer);
                }

                if (ReferenceEquals(map, _doubled) && map.Count > 0)
                {
                    writer.WritePropertyName(map.First().Key);
                    writer.WriteStringValue("again");
                }

                writer.WriteEndObject();
                break;
            case JsonArray list:
                writer.WriteStartArray();
                foreach (JsonNode? item in list)
                {
                    Write(item, writer);
                }

                writer.WriteEndArray();
                break;
            case null:
                writer.WriteNullValue();
                break;
            default:
                node.WriteTo(writer);
                break;
        }
    }
}
