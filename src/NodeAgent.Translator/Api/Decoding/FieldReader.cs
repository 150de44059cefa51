using System.Collections.Immutable;
using System.Text.Json;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>
/// Reads one JSON object field by field. Every mistake becomes a <see cref="FieldProblem"/> and reading goes on
/// with a harmless value, so that one pass tells all. A null counts as absent, as the API server prunes it.
/// Names that were never asked for are unknown fields; so a reader asks for all its fields whatever it finds.
/// </summary>
internal sealed class FieldReader
{
    private readonly JsonElement _element;
    private readonly List<FieldProblem> _problems;
    private readonly List<string> _known = [];
    private readonly int _problemsBefore;
    private readonly bool _lenient;
    private bool _open;

    private FieldReader(JsonElement element, string path, List<FieldProblem> problems, bool lenient)
    {
        _lenient = lenient;
        _element = element;
        Path = path;
        _problems = problems;
        _problemsBefore = problems.Count;
    }

    public string Path { get; }

    /// <summary>
    /// Nothing wrong so far in this object. Rules across fields are only judged then: bad items are left out of
    /// lists, so indexes would be off, and one mistake would be told twice.
    /// </summary>
    public bool Clean => _problems.Count == _problemsBefore;

    /// <summary>Reads <paramref name="element"/>, which must be a JSON object, and reports fields nobody asked for.</summary>
    /// <param name="lenient">Leaves fields nobody asked for alone.</param>
    public static T Read<T>(JsonElement element, string path, List<FieldProblem> problems, bool lenient, Func<FieldReader, T> read)
    {
        var reader = new FieldReader(element, path, problems, lenient);
        T result = read(reader);
        if (!lenient && !reader._open)
        {
            reader.ReportUnknown();
        }

        return result;
    }

    public void Report(string name, string what, string allowed) =>
        ReportAt(FieldPath.Child(Path, name), what, allowed);

    public void ReportAt(string path, string what, string allowed) =>
        _problems.Add(new FieldProblem(path, what, allowed));

    /// <summary>Fields that exist upstream and are not looked into.</summary>
    public void Know(params ReadOnlySpan<string> names)
    {
        foreach (string name in names)
        {
            _known.Add(name);
        }
    }

    /// <summary>Of an object with hundreds of fields only a few are looked at, and nobody who writes it does so for us.</summary>
    public void KnowAll() => _open = true;

    public bool Has(string name) => Take(name) is not null;

    /// <summary>For kinds that are not judged field by field.</summary>
    public JsonElement? Raw(string name) => Take(name);

    public string Text(string name, TextRule rule)
    {
        if (Take(name) is not JsonElement value)
        {
            Missing(name, $"must be {rule.Allowed}");
            return "";
        }

        return TextOf(value, FieldPath.Child(Path, name), rule) ?? "";
    }

    public string? OptionalText(string name, TextRule rule) =>
        Take(name) is JsonElement value ? TextOf(value, FieldPath.Child(Path, name), rule) : null;

    public string Choice(string name, string? fallback, params string[] allowed)
    {
        if (Take(name) is not JsonElement value)
        {
            if (fallback is null)
            {
                Missing(name, OneOf(allowed));
            }

            return fallback ?? "";
        }

        if (value.ValueKind == JsonValueKind.String && Array.Find(allowed, value.ValueEquals) is string choice)
        {
            return choice;
        }

        Report(name, $"is {Describe(value)}", OneOf(allowed));
        return fallback ?? "";
    }

    public int Int(string name, int min, int max)
    {
        if (OptionalInt(name, min, max) is int value)
        {
            return value;
        }

        if (!Has(name))
        {
            Missing(name, Range(min, max));
        }

        return min;
    }

    public int? OptionalInt(string name, int min, int max) => (int?)OptionalLong(name, min, max);

    public long? OptionalLong(string name, long min, long max)
    {
        if (Take(name) is not JsonElement value)
        {
            return null;
        }

        if (value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out long number) && number >= min && number <= max)
        {
            return number;
        }

        bool quoted = value.ValueKind == JsonValueKind.String && long.TryParse(value.GetString(), out _);
        Report(name, $"is {Describe(value)}", Range(min, max) + (quoted ? " without quotes" : ""));
        return null;
    }

    public bool? OptionalFlag(string name)
    {
        if (Take(name) is not JsonElement value)
        {
            return null;
        }

        if (value.ValueKind is JsonValueKind.True or JsonValueKind.False)
        {
            return value.GetBoolean();
        }

        Report(name, $"is {Describe(value)}", "must be true or false");
        return null;
    }

    public T? Object<T>(string name, Func<FieldReader, T> read)
        where T : class =>
        Take(name) is JsonElement value ? ObjectOf(value, FieldPath.Child(Path, name), read) : null;

    public T? RequiredObject<T>(string name, Func<FieldReader, T> read)
        where T : class
    {
        if (!Has(name))
        {
            Missing(name, "must be an object");
        }

        return Object(name, read);
    }

    /// <summary>Fields of an object that is only checked, not kept.</summary>
    public void Check(string name, Action<FieldReader> read) => Object(name, reader =>
    {
        read(reader);
        return reader;
    });

    /// <summary>A list of objects; absent is empty unless <paramref name="min"/> asks for items.</summary>
    public ImmutableArray<T> List<T>(string name, int min, int max, Func<FieldReader, T> read)
        where T : class =>
        Items(name, min, max, (value, path) => ObjectOf(value, path, read));

    public ImmutableArray<string> Texts(string name, int min, int max, TextRule rule) =>
        Items(name, min, max, (value, path) => TextOf(value, path, rule));

    /// <summary>A list of whole numbers, each at most once.</summary>
    public ImmutableArray<int> Numbers(string name, int min, int max)
    {
        var numbers = ImmutableArray.CreateBuilder<int>();
        Items(name, 0, int.MaxValue, (value, path) =>
        {
            if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt32(out int number) || number < min || number > max)
            {
                ReportAt(path, $"is {Describe(value)}", Range(min, max));
            }
            else if (numbers.Contains(number))
            {
                ReportAt(path, $"is {number} a second time", $"must be unique in {name}");
            }
            else
            {
                numbers.Add(number);
            }

            return "";
        });
        return numbers.ToImmutable();
    }

    /// <param name="suffix">Leads from an item to what must be unique.</param>
    public void CheckUnique(string field, ImmutableArray<string> names, string suffix = "")
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            if (!seen.Add(names[i]))
            {
                string path = FieldPath.Item(FieldPath.Child(Path, field), i) + suffix;
                ReportAt(path, $"is {Quote(names[i])} a second time", $"must be unique in {field}");
            }
        }
    }

    public ImmutableSortedDictionary<string, string> Map(string name, int max, TextRule key, TextRule value)
    {
        var map = ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);
        if (Take(name) is not JsonElement element)
        {
            return map.ToImmutable();
        }

        string path = FieldPath.Child(Path, name);
        if (element.ValueKind != JsonValueKind.Object)
        {
            ReportAt(path, $"is {Describe(element)}", "must be an object of texts");
            return map.ToImmutable();
        }

        foreach (JsonProperty property in element.EnumerateObject())
        {
            string at = FieldPath.Child(path, property.Name);
            if (!key.Takes(property.Name))
            {
                ReportAt(at, "is no valid key", $"must be {key.Allowed}");
            }

            if (TextOf(property.Value, at, value) is string text)
            {
                map[property.Name] = text;
            }
        }

        if (map.Count > max)
        {
            ReportAt(path, $"has {map.Count} entries", $"at most {max} are allowed");
        }

        return map.ToImmutable();
    }

    private ImmutableArray<T> Items<T>(string name, int min, int max, Func<JsonElement, string, T?> read)
        where T : class
    {
        string path = FieldPath.Child(Path, name);
        if (Take(name) is not JsonElement value)
        {
            if (min > 0)
            {
                Missing(name, $"must be a list of {min} to {max} items");
            }

            return [];
        }

        if (value.ValueKind != JsonValueKind.Array)
        {
            ReportAt(path, $"is {Describe(value)}", "must be a list");
            return [];
        }

        int length = value.GetArrayLength();
        if (length < min || length > max)
        {
            ReportAt(path, $"has {length} items", $"{min} to {max} are allowed");
        }

        var items = ImmutableArray.CreateBuilder<T>(length);
        int index = 0;
        foreach (JsonElement item in value.EnumerateArray())
        {
            if (read(item, FieldPath.Item(path, index)) is T kept)
            {
                items.Add(kept);
            }

            index++;
        }

        return items.ToImmutable();
    }

    private T? ObjectOf<T>(JsonElement value, string path, Func<FieldReader, T> read)
        where T : class
    {
        if (value.ValueKind == JsonValueKind.Object)
        {
            return Read(value, path, _problems, _lenient, read);
        }

        ReportAt(path, $"is {Describe(value)}", "must be an object");
        return null;
    }

    private string? TextOf(JsonElement value, string path, TextRule rule)
    {
        if (value.ValueKind != JsonValueKind.String)
        {
            bool scalar = value.ValueKind is JsonValueKind.Number or JsonValueKind.True or JsonValueKind.False;
            ReportAt(
                path,
                $"is {Describe(value)}",
                scalar ? $"must be text: put it in quotes, \"{FieldPath.OneLine(value.GetRawText())}\"" : $"must be {rule.Allowed}");
            return null;
        }

        string text = TextPool.TextOf(value);
        if (!rule.Takes(text))
        {
            ReportAt(path, $"is {Describe(value)}", $"must be {rule.Allowed}");
            return null;
        }

        return text;
    }

    private JsonElement? Take(string name)
    {
        if (!_known.Contains(name))
        {
            _known.Add(name);
        }

        return _element.TryGetProperty(name, out JsonElement value) && value.ValueKind != JsonValueKind.Null ? value : null;
    }

    private void Missing(string name, string allowed) => Report(name, "is missing", allowed);

    private void ReportUnknown()
    {
        foreach (JsonProperty property in _element.EnumerateObject())
        {
            if (!_known.Contains(property.Name))
            {
                string? meant = NearestName.Find(property.Name, _known);
                Report(
                    property.Name,
                    "is an unknown field",
                    meant is null ? $"known here: {string.Join(", ", _known.Order(StringComparer.Ordinal))}" : $"did you mean {meant}?");
            }
        }
    }

    private static string Describe(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.String => Quote(value.GetString()!),
        JsonValueKind.Number => $"the number {FieldPath.OneLine(value.GetRawText())}",
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        JsonValueKind.Array => "a list",
        JsonValueKind.Object => "an object",
        _ => "nothing",
    };

    internal static string Quote(string text) => $"\"{FieldPath.OneLine(text)}\"";

    private static string OneOf(string[] allowed) => $"must be one of {string.Join(", ", allowed)}";

    private static string Range(long min, long max) => max switch
    {
        long.MaxValue or int.MaxValue => $"must be a whole number of at least {min}",
        _ => $"must be a whole number from {min} to {max}",
    };
}
