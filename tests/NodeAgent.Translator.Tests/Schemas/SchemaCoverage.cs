using System.Text.Json.Nodes;

namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>The documents that a definition is tested with, made from its schema.</summary>
internal sealed class SchemaCoverage
{
    /// <summary>Documents looked at for one that breaks a rule, around each place it stands at.</summary>
    private const int MostTries = 6000;

    private readonly List<JsonNode> _valid = [];

    private readonly Dictionary<string, int> _withPlace = new(StringComparer.Ordinal);

    private readonly JsonObject _schema;

    private readonly SchemaSearch _search;

    /// <param name="samples">Documents written by hand, for what the search does not find.</param>
    /// <param name="search">False where the samples are all there is: the search takes too long for the largest schemas.</param>
    public SchemaCoverage(CrdFile crd, IEnumerable<JsonObject> samples, bool search = true)
    {
        _schema = crd.Schema.DeepClone().AsObject();
        _schema["properties"]!.AsObject().Remove("status");
        _search = new SchemaSearch(_schema);
        Samples = [.. samples];
        foreach (JsonObject sample in Samples.Where(s => SchemaValidator.Check(s, _schema).Count == 0))
        {
            Keep(sample);
        }

        if (!search)
        {
            return;
        }

        JsonNode minimal = Start(crd, SchemaSamples.Minimal(_schema["properties"]!["spec"]!.AsObject()));
        JsonNode? small = _search.Repair(minimal, []);
        if (small is not null)
        {
            Keep(small);
        }

        JsonNode full = Start(crd, SchemaSamples.Full(_schema["properties"]!["spec"]!.AsObject()));
        if (SchemaValidator.Check(full, _schema).Count == 0)
        {
            Keep(full);
        }

        foreach (SchemaPlace place in SchemaWalk.Places(full, _schema).ToList())
        {
            if (!_withPlace.ContainsKey(place.Declared) && Force(small ?? minimal, place) is JsonNode found)
            {
                Keep(found);
            }
        }
    }

    public IReadOnlyList<JsonObject> Samples { get; }

    public IReadOnlyList<JsonNode> Valid => _valid;

    public JsonObject Schema => _schema;

    /// <summary>Declared places that no valid document was found for.</summary>
    public IEnumerable<string> Unreached => SchemaWalk.Declared(_schema)
        .Where(d => d.Declared.StartsWith(".spec", StringComparison.Ordinal) && !_withPlace.ContainsKey(d.Declared))
        .Select(d => d.Declared);

    /// <summary>Each constraint of each declared place, broken once.</summary>
    public IEnumerable<BrokenDocument> Broken => _withPlace
        .Where(p => p.Key.StartsWith(".spec", StringComparison.Ordinal))
        .SelectMany(p => SchemaWalk.Places(_valid[p.Value], _schema)
            .Where(place => place.Declared == p.Key)
            .Take(1)
            .SelectMany(place => SchemaBreaks.Of(_valid[p.Value], place)));

    /// <summary>For each rule a document that breaks nothing but rules, this one among them; null where none was found.</summary>
    public IEnumerable<(string Rule, string Declared, JsonNode? Document)> BrokenRules()
    {
        foreach ((string declared, JsonObject schema) in SchemaWalk.Declared(_schema))
        {
            foreach (JsonNode? rule in schema["x-kubernetes-validations"]?.AsArray() ?? [])
            {
                string text = (string)rule!["rule"]!;
                if (!SchemaValidator.RuleOf(text).IsTransition)
                {
                    yield return (text, declared, Samples.FirstOrDefault(s => Breaks(s, text)) ?? Break(declared, text));
                }
            }
        }
    }

    private JsonNode? Break(string declared, string rule) => _valid
        .SelectMany(v => SchemaWalk.Places(v, _schema).Where(p => p.Declared == declared).Take(1).SelectMany(p => _search.Near(v, p).Take(MostTries)))
        .Take(3 * MostTries)
        .FirstOrDefault(d => Breaks(d, rule));

    private bool Breaks(JsonNode document, string rule)
    {
        List<SchemaError> errors = SchemaValidator.Check(document, _schema);
        return errors.Exists(e => e.Detail == rule) && errors.TrueForAll(e => e.Keyword == "rule");
    }

    /// <summary>The small document and the way to one more place, made valid around it.</summary>
    private JsonNode? Force(JsonNode small, SchemaPlace place)
    {
        JsonNode document = small.DeepClone();
        JsonNode at = document;
        JsonObject schema = _schema;
        foreach (object step in place.Steps)
        {
            schema = (step is string name ? schema["properties"]?[name] ?? schema["additionalProperties"] : schema["items"])!.AsObject();
            if (step is string key)
            {
                at[key] ??= SchemaSamples.Minimal(schema);
                at = at[key]!;
            }
            else
            {
                JsonArray list = at.AsArray();
                if (list.Count == 0)
                {
                    list.Add(SchemaSamples.Minimal(schema));
                }

                at = list[0]!;
            }
        }

        return _search.Repair(document, place.Steps);
    }

    private void Keep(JsonNode document)
    {
        _valid.Add(document);
        foreach (SchemaPlace place in SchemaWalk.Places(document, _schema))
        {
            _withPlace.TryAdd(place.Declared, _valid.Count - 1);
        }
    }

    private static JsonObject Start(CrdFile crd, JsonNode spec)
    {
        JsonObject metadata = crd.Schema["example"]?["metadata"]?.DeepClone().AsObject() ?? new JsonObject { ["name"] = "example" };
        return new JsonObject
        {
            ["apiVersion"] = $"{crd.Group}/{crd.Version}",
            ["kind"] = crd.Kind,
            ["metadata"] = metadata,
            ["spec"] = spec,
        };
    }
}
