using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Serving;

/// <summary>Bodies as application/vnd.kubernetes.protobuf: four bytes of magic, then an envelope with the type and the object.</summary>
internal static class ProtobufBody
{
    public const string MediaType = "application/vnd.kubernetes.protobuf";

    private static readonly byte[] Magic = "k8s\0"u8.ToArray();

    /// <exception cref="ApiRefusal">400 or 415: not an object, or of a kind that is not read in this form.</exception>
    public static JsonObject Object(ReadOnlySpan<byte> body)
    {
        if (!body.StartsWith(Magic))
        {
            throw Refusals.BadRequest("provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]");
        }

        string apiVersion = "";
        string kind = "";
        ReadOnlySpan<byte> raw = default;
        var envelope = new Reader(body[Magic.Length..]);
        while (envelope.Next(out int number, out _, out ReadOnlySpan<byte> value))
        {
            if (number == 1)
            {
                var type = new Reader(value);
                while (type.Next(out int field, out _, out ReadOnlySpan<byte> text))
                {
                    (apiVersion, kind) = field == 1 ? (Encoding.UTF8.GetString(text), kind) : (apiVersion, Encoding.UTF8.GetString(text));
                }
            }
            else if (number == 2)
            {
                raw = value;
            }
        }

        ImmutableDictionary<int, ProtobufField> shape = ProtobufShapes.Of(kind)
            ?? throw Refusals.UnsupportedMediaType("the body of the request was in an unknown format - accepted media types include: application/json, application/yaml");
        JsonObject item = Message(raw, shape);
        item["apiVersion"] = apiVersion;
        item["kind"] = kind;
        return (JsonObject)JsonText.Parse(JsonText.Bytes(item))!;
    }

    private static JsonObject Message(ReadOnlySpan<byte> bytes, ImmutableDictionary<int, ProtobufField> shape)
    {
        var made = new JsonObject();
        var reader = new Reader(bytes);
        while (reader.Next(out int number, out ulong scalar, out ReadOnlySpan<byte> value))
        {
            if (!shape.TryGetValue(number, out ProtobufField? field))
            {
                continue;
            }

            switch (field.Type)
            {
                case "map" or "bytesMap":
                    (string key, JsonNode entry) = Entry(value, field.Type == "bytesMap");
                    made.EnsureObject(field.Name)[key] = entry;
                    continue;
                case "time":
                    // Only the server sets times of metadata.
                    continue;
            }

            JsonNode? read = field.Type switch
            {
                "string" => Encoding.UTF8.GetString(value),
                "int" => (long)scalar,
                "bool" => scalar != 0,
                "intOrString" => IntOrString(value),
                _ => Message(value, ProtobufShapes.Of(field.Type)!),
            };
            if (field.Repeated)
            {
                if (made[field.Name] is not JsonArray list)
                {
                    made[field.Name] = list = [];
                }

                list.Add(read);
            }
            else if (!IsNothing(read, field))
            {
                made[field.Name] = read;
            }
        }

        return made;
    }

    /// <summary>Senders write fields that are not set, as empty ones.</summary>
    private static bool IsNothing(JsonNode? value, ProtobufField field) => value switch
    {
        JsonObject item => item.Count == 0 && field.Type is not "ObjectMeta",
        _ => value is null || value.AsText() is "" || (field.Type == "int" && field.Name != "replicas" && value.GetValue<long>() == 0)
            || (field.Name is "publishNotReadyAddresses" or "hostNetwork" && !value.GetValue<bool>()),
    };

    private static (string Key, JsonNode Value) Entry(ReadOnlySpan<byte> bytes, bool binary)
    {
        string key = "";
        JsonNode value = "";
        var reader = new Reader(bytes);
        while (reader.Next(out int number, out _, out ReadOnlySpan<byte> part))
        {
            if (number == 1)
            {
                key = Encoding.UTF8.GetString(part);
            }
            else
            {
                value = binary ? Convert.ToBase64String(part) : Encoding.UTF8.GetString(part);
            }
        }

        return (key, value);
    }

    private static JsonNode? IntOrString(ReadOnlySpan<byte> bytes)
    {
        bool isText = false;
        long number = 0;
        string text = "";
        var reader = new Reader(bytes);
        while (reader.Next(out int field, out ulong scalar, out ReadOnlySpan<byte> value))
        {
            switch (field)
            {
                case 1:
                    isText = scalar == 1;
                    break;
                case 2:
                    number = (long)scalar;
                    break;
                default:
                    text = Encoding.UTF8.GetString(value);
                    break;
            }
        }

        return isText ? text : number == 0 ? null : number;
    }

    /// <summary>Fields of a message, one after the other.</summary>
    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> rest = bytes;

        /// <exception cref="ApiRefusal">400: the message is cut off.</exception>
        public bool Next(out int number, out ulong scalar, out ReadOnlySpan<byte> value)
        {
            number = 0;
            scalar = 0;
            value = default;
            if (rest.IsEmpty)
            {
                return false;
            }

            ulong tag = Varint();
            number = (int)(tag >> 3);
            switch (tag & 7)
            {
                case 0:
                    scalar = Varint();
                    return true;
                case 1:
                    value = Take(8);
                    return true;
                case 2:
                    value = Take(Varint());
                    return true;
                case 5:
                    value = Take(4);
                    return true;
                default:
                    throw Broken();
            }
        }

        private ReadOnlySpan<byte> Take(ulong length)
        {
            if (length > (ulong)rest.Length)
            {
                throw Broken();
            }

            ReadOnlySpan<byte> taken = rest[..(int)length];
            rest = rest[(int)length..];
            return taken;
        }

        private ulong Varint()
        {
            ulong value = 0;
            for (int shift = 0; shift < 64 && !rest.IsEmpty; shift += 7)
            {
                byte next = rest[0];
                rest = rest[1..];
                value |= (ulong)(next & 0x7F) << shift;
                if (next < 0x80)
                {
                    return value;
                }
            }

            throw Broken();
        }

        private static ApiRefusal Broken() => Refusals.BadRequest("unexpected EOF");
    }
}
