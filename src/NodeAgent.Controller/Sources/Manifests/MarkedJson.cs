using System.Buffers;
using System.Text.Json;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>The JSON of one document.</summary>
/// <param name="Duplicates">Fields that stand twice (the first counts), with the line of the second.</param>
/// <param name="TooLarge">Aliases multiply the document beyond <see cref="MaxValues"/>; <paramref name="Utf8"/> is empty.</param>
internal sealed record MarkedJson(byte[] Utf8, List<(FieldProblem Problem, int Line)> Duplicates, bool TooLarge)
{
    /// <summary>A list of 5,000 endpoints has some 50,000 values; a document with more than this is an alias bomb.</summary>
    public const int MaxValues = 1_000_000;

    /// <summary>Of this many fields it is cheaper to compare each with each than to hash them.</summary>
    private const int FewFields = 12;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? t_buffer;

    [ThreadStatic]
    private static Utf8JsonWriter? t_writer;

    public static MarkedJson Write(MarkedNode document)
    {
        ArrayBufferWriter<byte> buffer = t_buffer ??= new ArrayBufferWriter<byte>(4096);
        Utf8JsonWriter writer = t_writer ??= new Utf8JsonWriter(buffer);
        buffer.ResetWrittenCount();
        writer.Reset();
        var walk = new Walk(writer);
        if (!walk.Write(document, depth: 0))
        {
            return new MarkedJson([], [], TooLarge: true);
        }

        writer.Flush();
        var duplicates = new List<(FieldProblem, int)>();
        if (walk.HasDuplicates)
        {
            FindDuplicates(document, FieldPath.Root, duplicates);
        }

        return new MarkedJson(buffer.WrittenSpan.ToArray(), duplicates, TooLarge: false);
    }

    /// <summary>The line of <paramref name="path"/>, or of the nearest value around it that is there.</summary>
    public static int LineOf(MarkedNode document, string path)
    {
        MarkedNode node = document;
        int line = document.Line;
        string at = FieldPath.Root;
        while (at != path && Step(node, at, path) is (MarkedNode next, string nextPath, int nextLine))
        {
            (node, at, line) = (next, nextPath, nextLine);
        }

        return line;
    }

    private static (MarkedNode Node, string Path, int Line)? Step(MarkedNode node, string at, string path)
    {
        if (node is MarkedMap map)
        {
            foreach (MarkedField field in map.Fields)
            {
                string child = FieldPath.Child(at, field.Name);
                if (Leads(child, path))
                {
                    return (field.Value, child, field.Line);
                }
            }
        }
        else if (node is MarkedList list)
        {
            for (int i = 0; i < list.Items.Count; i++)
            {
                string child = FieldPath.Item(at, i);
                if (Leads(child, path))
                {
                    return (list.Items[i], child, list.Items[i].Line);
                }
            }
        }

        return null;
    }

    private static bool Leads(string child, string path) =>
        path.StartsWith(child, StringComparison.Ordinal)
        && (path.Length == child.Length || path[child.Length] is '.' or '[');

    private static void FindDuplicates(MarkedNode node, string path, List<(FieldProblem, int)> found)
    {
        if (node is MarkedList list)
        {
            for (int i = 0; i < list.Items.Count; i++)
            {
                FindDuplicates(list.Items[i], FieldPath.Item(path, i), found);
            }
        }

        if (node is MarkedMap map)
        {
            var names = new HashSet<string>(map.Fields.Count, StringComparer.Ordinal);
            foreach (MarkedField field in map.Fields)
            {
                string child = FieldPath.Child(path, field.Name);
                if (names.Add(field.Name))
                {
                    FindDuplicates(field.Value, child, found);
                }
                else
                {
                    found.Add((new FieldProblem(child, "is given twice", "each field may stand once"), field.Line));
                }
            }
        }
    }

    private sealed class Walk(Utf8JsonWriter writer)
    {
        private int _values;

        public bool HasDuplicates { get; private set; }

        /// <returns>False: too many values.</returns>
        public bool Write(MarkedNode node, int depth)
        {
            // Aliases can also stack values deeper than they were written.
            if (++_values > MaxValues || depth > MarkedFile.MaxDepth)
            {
                return false;
            }

            switch (node)
            {
                case MarkedMap map:
                    return WriteMap(map, depth);
                case MarkedList list:
                    writer.WriteStartArray();
                    bool fits = list.Items.TrueForAll(item => Write(item, depth + 1));
                    writer.WriteEndArray();
                    return fits;
                case MarkedScalar { Type: ScalarType.Text } text:
                    writer.WriteStringValue(text.Text);
                    return true;
                default:
                    writer.WriteRawValue(((MarkedScalar)node).Text, skipInputValidation: true);
                    return true;
            }
        }

        private bool WriteMap(MarkedMap map, int depth)
        {
            writer.WriteStartObject();
            HashSet<string>? names = map.Fields.Count > FewFields ? new(map.Fields.Count, StringComparer.Ordinal) : null;
            for (int i = 0; i < map.Fields.Count; i++)
            {
                MarkedField field = map.Fields[i];
                if (names is null ? StandsBefore(map.Fields, i) : !names.Add(field.Name))
                {
                    HasDuplicates = true;
                    continue;
                }

                writer.WritePropertyName(field.Name);
                if (!Write(field.Value, depth + 1))
                {
                    return false;
                }
            }

            writer.WriteEndObject();
            return true;
        }

        private static bool StandsBefore(List<MarkedField> fields, int index)
        {
            for (int i = 0; i < index; i++)
            {
                if (fields[i].Name == fields[index].Name)
                {
                    return true;
                }
            }

            return false;
        }
    }
}
