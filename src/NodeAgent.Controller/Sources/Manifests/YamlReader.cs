using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>YAML text to marked values. Anchors, aliases and merge keys are resolved; a recursive alias is an error.</summary>
internal sealed class YamlReader
{
    private readonly Parser _parser;
    private readonly int _linesBefore;
    private readonly Dictionary<AnchorName, MarkedNode> _anchors = [];

    private YamlReader(TextReader text, int linesBefore)
    {
        _parser = new Parser(text);
        _linesBefore = linesBefore;
    }

    public static MarkedFile Read(string text)
    {
        var documents = new List<MarkedNode>();
        ReadFault? fault = Read(new StringReader(text), 0, documents.Add);
        return fault is null ? new MarkedFile(documents, null) : MarkedFile.Broken(fault);
    }

    /// <param name="linesBefore">How many lines of the file stand before the text.</param>
    /// <param name="each">
    /// Given each document as soon as it is read: whoever needs it no longer then lets the garbage collector have it young.
    /// </param>
    /// <returns>Null, or why the text cannot be read to its end.</returns>
    public static ReadFault? Read(TextReader text, int linesBefore, Action<MarkedNode> each)
    {
        var reader = new YamlReader(text, linesBefore);
        try
        {
            reader.Documents(each);
            return null;
        }
        catch (YamlException e)
        {
            return new ReadFault(linesBefore + (int)e.Start.Line, $"is no valid YAML: {OneLine(e.Message)}");
        }
        catch (Exception e) when (e is InvalidOperationException or ArgumentException or IndexOutOfRangeException or FormatException or OverflowException)
        {
            // The scanner throws these, too, at some malformed text, and then tells no place.
            int line = reader._parser.Current is ParsingEvent last ? (int)last.End.Line : 1;
            return new ReadFault(linesBefore + line, "is no valid YAML: it cannot be read on from here");
        }
    }

    private void Documents(Action<MarkedNode> each)
    {
        _parser.Consume<StreamStart>();
        while (!_parser.TryConsume<StreamEnd>(out _))
        {
            _parser.Consume<DocumentStart>();
            _anchors.Clear();
            MarkedNode document = Node(depth: 0);
            _parser.Consume<DocumentEnd>();
            each(document);
        }
    }

    private MarkedNode Node(int depth)
    {
        ParsingEvent next = _parser.Current ?? throw new YamlException("the text ends where a value was expected");
        _parser.MoveNext();
        if (depth > MarkedFile.MaxDepth)
        {
            throw new YamlException(next.Start, next.End, $"values are nested deeper than {MarkedFile.MaxDepth} levels");
        }

        if (next is AnchorAlias alias)
        {
            return _anchors.TryGetValue(alias.Value, out MarkedNode? known)
                ? known
                : throw new YamlException(alias.Start, alias.End, $"alias *{alias.Value} has no complete anchor before it");
        }

        MarkedNode node = next switch
        {
            Scalar scalar => ScalarOf(scalar),
            SequenceStart => Sequence(Line(next), depth),
            MappingStart => Mapping(Line(next), depth),
            _ => throw new YamlException(next.Start, next.End, "a value was expected here"),
        };
        if (next is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            // Registered when complete: an alias inside its own anchor would be a value without end.
            _anchors[anchored.Anchor] = node;
        }

        return node;
    }

    private MarkedList Sequence(int line, int depth)
    {
        var items = new List<MarkedNode>();
        while (_parser.Current is not SequenceEnd)
        {
            items.Add(Node(depth + 1));
        }

        _parser.MoveNext();

        return new MarkedList(line, items);
    }

    private MarkedMap Mapping(int line, int depth)
    {
        var fields = new List<MarkedField>();
        List<MarkedMap>? merged = null;
        while (_parser.Current is not MappingEnd)
        {
            ParsingEvent keyEvent = _parser.Current!;
            MarkedNode key = Node(depth + 1);
            if (key is not MarkedScalar name)
            {
                throw new YamlException(keyEvent.Start, keyEvent.End, "the name of a field must be text");
            }

            MarkedNode value = Node(depth + 1);
            if (keyEvent is Scalar { Style: ScalarStyle.Plain, Value: "<<" })
            {
                (merged ??= []).AddRange(MapsToMerge(value, keyEvent));
            }
            else
            {
                fields.Add(new MarkedField(keyEvent is Scalar plain ? plain.Value : name.Text, Line(keyEvent), value));
            }
        }

        _parser.MoveNext();
        Merge(fields, merged);
        return new MarkedMap(line, fields);
    }

    private static IEnumerable<MarkedMap> MapsToMerge(MarkedNode value, ParsingEvent at) => value switch
    {
        MarkedMap map => [map],
        MarkedList list when list.Items.TrueForAll(item => item is MarkedMap) => list.Items.Cast<MarkedMap>(),
        _ => throw new YamlException(at.Start, at.End, "<< takes a mapping or a list of mappings"),
    };

    /// <summary>Own fields win over merged ones, earlier merged ones over later.</summary>
    private static void Merge(List<MarkedField> fields, List<MarkedMap>? merged)
    {
        if (merged is null)
        {
            return;
        }

        var names = fields.Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        foreach (MarkedField field in merged.SelectMany(map => map.Fields))
        {
            if (names.Add(field.Name))
            {
                fields.Add(field);
            }
        }
    }

    private MarkedScalar ScalarOf(Scalar scalar)
    {
        int line = Line(scalar);
        if (scalar.Tag.IsEmpty || scalar.Tag.IsNonSpecific)
        {
            return scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty
                ? CoreSchema.Plain(line, scalar.Value)
                : new MarkedScalar(line, ScalarType.Text, scalar.Value);
        }

        return scalar.Tag.Value is "tag:yaml.org,2002:int" or "tag:yaml.org,2002:bool" or "tag:yaml.org,2002:float" or "tag:yaml.org,2002:null"
            ? CoreSchema.Plain(line, scalar.Value)
            : new MarkedScalar(line, ScalarType.Text, scalar.Value);
    }

    private int Line(ParsingEvent at) => _linesBefore + (int)at.Start.Line;

    private static string OneLine(string message) => message.ReplaceLineEndings(" ");
}
