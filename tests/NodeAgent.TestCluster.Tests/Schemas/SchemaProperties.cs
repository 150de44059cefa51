using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Tests.Schemas;

/// <summary>Laws that hold for any schema and any object.</summary>
public class SchemaProperties
{
    private static readonly string[] Names = ["a", "b", "c", "d"];

    [Fact]
    public void Pruning_what_is_pruned_removes_nothing() => Holds((schema, item) =>
    {
        schema.Prune(item);
        JsonNode once = item.DeepClone();
        return schema.Prune(item).Count == 0 && JsonNode.DeepEquals(once, item);
    });

    [Fact]
    public void Defaulting_what_is_defaulted_changes_nothing() => Holds((schema, item) =>
    {
        schema.Default(item);
        JsonNode once = item.DeepClone();
        schema.Default(item);
        return JsonNode.DeepEquals(once, item);
    });

    [Fact]
    public void Defaults_are_fields_of_the_schema() => Holds((schema, item) =>
    {
        schema.Prune(item);
        schema.Default(item);
        return schema.Prune(item).Count == 0;
    });

    [Fact]
    public void Validation_changes_nothing_and_says_the_same_again() => Holds((schema, item) =>
    {
        JsonNode before = item.DeepClone();
        IReadOnlyList<FieldError> first = schema.Validate(item, null);
        return first.SequenceEqual(schema.Validate(item, null)) && JsonNode.DeepEquals(before, item);
    });

    [Fact]
    public void What_is_not_pruned_stays_as_it_was() => Holds((schema, item) =>
    {
        JsonObject before = (JsonObject)item.DeepClone();
        IReadOnlyList<string> removed = schema.Prune(item);
        return removed.Count > 0 || JsonNode.DeepEquals(before, item);
    });

    private static void Holds(Func<StructuralSchema, JsonObject, bool> law)
    {
        Gen<(string Schema, string Spec)> inputs = from schema in Schema(3) from spec in Value(4) select (schema, spec);
        Prop.ForAll(inputs.ToArbitrary(), input => law(
            StructuralSchema.Of("example.com", "v1", "Widget", namespaced: true, new JsonObject
            {
                ["type"] = "object",
                ["properties"] = new JsonObject { ["spec"] = JsonNode.Parse(input.Schema) },
            }),
            new JsonObject
            {
                ["apiVersion"] = "example.com/v1",
                ["kind"] = "Widget",
                ["metadata"] = new JsonObject { ["name"] = "w", ["namespace"] = "default" },
                ["spec"] = JsonNode.Parse(input.Spec),
            })).QuickCheckThrowOnFailure();
    }

    /// <summary>A structural schema, as JSON, with defaults of the right type.</summary>
    private static Gen<string> Schema(int depth)
    {
        Gen<string> scalar = Gen.Elements(
            """{"type":"string"}""",
            """{"type":"string","default":"x"}""",
            """{"type":"string","enum":["x","y"],"nullable":true}""",
            """{"type":"integer","default":7}""",
            """{"type":"integer","minimum":2}""",
            """{"type":"boolean","default":true}""",
            """{"type":"object","x-kubernetes-preserve-unknown-fields":true}""",
            """{"x-kubernetes-int-or-string":true}""");
        if (depth == 0)
        {
            return scalar;
        }

        Gen<string> inner = Schema(depth - 1);
        Gen<string> structure =
            from a in inner
            from b in inner
            from extra in Gen.Elements("", ""","default":{}""", ""","required":["a"]""", ""","nullable":true""")
            select $$"""{"type":"object","properties":{"a":{{a}},"b":{{b}}}{{extra}}}""";
        return Gen.OneOf(
            scalar,
            structure,
            structure,
            inner.Select(items => $$"""{"type":"array","items":{{items}}}"""),
            inner.Select(values => $$"""{"type":"object","additionalProperties":{{values}}}"""));
    }

    private static Gen<string> Value(int depth)
    {
        Gen<string> scalar = Gen.Elements("null", "1", "7.5", "\"x\"", "true", "\"long text\"");
        if (depth == 0)
        {
            return scalar;
        }

        Gen<string> inner = Value(depth - 1);
        Gen<string> item =
            from names in Gen.SubListOf(Names)
            from values in Gen.ArrayOf(inner, names.Count)
            select $"{{{string.Join(',', names.Zip(values, (name, value) => $"\"{name}\":{value}"))}}}";
        return Gen.OneOf(scalar, item, item, from values in Gen.ArrayOf(inner, 2) select $"[{string.Join(',', values)}]");
    }
}
