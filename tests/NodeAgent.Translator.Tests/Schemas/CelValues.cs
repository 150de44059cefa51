using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>Values of CEL as plain objects (bool, long, double, string, TimeSpan, List, Dictionary) and what operators do.</summary>
internal static class CelValues
{
    public static object? Of(JsonNode? node) => node switch
    {
        JsonObject map => map.ToDictionary(p => p.Key, p => Of(p.Value), StringComparer.Ordinal),
        JsonArray list => list.Select(Of).ToList(),
        JsonValue value => value.GetValueKind() switch
        {
            JsonValueKind.String => value.GetValue<string>(),
            JsonValueKind.Number => JsonElement.Parse(value.ToJsonString()) is { } e && e.TryGetInt64(out long number) ? (object)number : e.GetDouble(),
            JsonValueKind.True => true,
            JsonValueKind.False => false,
            _ => null,
        },
        _ => null,
    };

    public static bool Truth(object? value) => value as bool? ?? throw new CelException("is no truth value");

    /// <summary>And (decisive false) and or (decisive true): one decisive side decides, whatever the other throws.</summary>
    public static bool Either(CelNode left, CelNode right, CelScope scope, bool decisive)
    {
        bool first;
        try
        {
            first = Truth(left(scope));
        }
        catch (CelException)
        {
            return Truth(right(scope)) == decisive ? decisive : throw new CelException("the left side fails");
        }

        return first == decisive ? decisive : Truth(right(scope));
    }

    public static bool Compare(string sign, object? left, object? right) => sign switch
    {
        "==" => Same(left, right),
        "!=" => !Same(left, right),
        "in" => right switch
        {
            List<object?> list => list.Exists(item => Same(item, left)),
            Dictionary<string, object?> map => left is string key && map.ContainsKey(key),
            _ => throw new CelException("in needs a list or a map"),
        },
        "<" => Order(left, right) < 0,
        "<=" => Order(left, right) <= 0,
        ">" => Order(left, right) > 0,
        _ => Order(left, right) >= 0,
    };

    public static object Add(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => a + b,
        (string a, string b) => a + b,
        _ => throw new CelException("cannot be added"),
    };

    public static object? Item(object? list, object? index) => (list, index) switch
    {
        (List<object?> items, long i) when i >= 0 && i < items.Count => items[(int)i],
        (Dictionary<string, object?> map, string key) when map.TryGetValue(key, out object? value) => value,
        _ => throw new CelException("has no such item"),
    };

    public static object? Field(object? target, string name) =>
        target is Dictionary<string, object?> map && map.TryGetValue(name, out object? value)
            ? value
            : throw new CelException($"has no field {name}");

    public static bool Has(CelNode field, CelScope scope)
    {
        try
        {
            return field(scope) is not null;
        }
        catch (CelException)
        {
            return false;
        }
    }

    public static object? Macro(string name, object? target, Func<object?, object?> body)
    {
        List<object?> items = target switch
        {
            List<object?> list => list,
            Dictionary<string, object?> map => [.. map.Keys],
            _ => throw new CelException($"{name} needs a list"),
        };
        return name switch
        {
            "all" => items.TrueForAll(i => Truth(body(i))),
            "exists" => items.Exists(i => Truth(body(i))),
            "exists_one" => items.Count(i => Truth(body(i))) == 1,
            "filter" => items.FindAll(i => Truth(body(i))),
            _ => items.ConvertAll(i => body(i)),
        };
    }

    private static bool Same(object? left, object? right) => (left, right) switch
    {
        (List<object?> a, List<object?> b) => a.Count == b.Count && a.Zip(b).All(p => Same(p.First, p.Second)),
        (Dictionary<string, object?> a, Dictionary<string, object?> b) =>
            a.Count == b.Count && a.All(p => b.TryGetValue(p.Key, out object? other) && Same(p.Value, other)),
        _ => Equals(left, right),
    };

    private static int Order(object? left, object? right) => (left, right) switch
    {
        (long a, long b) => a.CompareTo(b),
        (double a, double b) => a.CompareTo(b),
        (TimeSpan a, TimeSpan b) => a.CompareTo(b),
        (string a, string b) => string.CompareOrdinal(a, b),
        _ => throw new CelException("cannot be ordered"),
    };
}
