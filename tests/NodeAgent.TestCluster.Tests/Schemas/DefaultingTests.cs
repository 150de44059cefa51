using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Tests.Schemas;

public class DefaultingTests
{
    private const string Nested = """
        type: object
        properties:
          port: {type: integer, default: 80}
          tls:
            type: object
            properties:
              mode: {type: string, default: Terminate}
          path:
            type: object
            default: {type: PathPrefix}
            properties:
              type: {type: string, default: Exact}
              value: {type: string, default: /}
          rules:
            type: array
            items:
              type: object
              properties:
                weight: {type: integer, default: 1}
          limits:
            type: object
            additionalProperties:
              type: object
              properties:
                most: {type: integer, default: 5}
          note: {type: string, nullable: true, default: none}
        """;

    [Fact]
    public void A_default_applies_where_its_parent_is()
    {
        JsonObject item = SchemaOf.Widget("{rules: [{}, {weight: 3}], limits: {a: {}}}");
        SchemaOf.Spec(Nested).Default(item);
        JsonObject expected = Manifests.ParseOne("""
            rules: [{weight: 1}, {weight: 3}]
            limits: {a: {most: 5}}
            port: 80
            path: {type: PathPrefix, value: /}
            note: none
            """);
        Assert.True(JsonNode.DeepEquals(expected, item["spec"]), item.ToJsonString());
    }

    [Fact]
    public void An_absent_parent_stays_absent()
    {
        JsonObject item = SchemaOf.Widget("{}");
        item.Remove("spec");
        SchemaOf.Spec(Nested).Default(item);
        Assert.False(item.ContainsKey("spec"));
    }

    [Fact]
    public void A_null_is_a_value_only_where_it_may_be_one()
    {
        JsonObject item = SchemaOf.Widget("{port: null, tls: null, note: null}");
        SchemaOf.Spec(Nested).Default(item);
        JsonObject spec = (JsonObject)item["spec"]!;
        Assert.Equal(80, (int)spec["port"]!);
        Assert.False(spec.ContainsKey("tls"));
        Assert.True(spec.ContainsKey("note"));
        Assert.Null(spec["note"]);
    }

    [Fact]
    public void An_object_that_is_not_decided_yet_has_no_creation_time()
    {
        JsonObject item = SchemaOf.Widget("{}");
        item["metadata"]!["creationTimestamp"] = null;
        SchemaOf.Spec(Nested).Default(item);
        Assert.False(((JsonObject)item["metadata"]!).ContainsKey("creationTimestamp"));
    }

    [Fact]
    public void What_is_defaulted_is_a_copy()
    {
        StructuralSchema schema = SchemaOf.Spec(Nested);
        JsonObject first = SchemaOf.Widget("{}");
        schema.Default(first);
        first["spec"]!["path"]!["type"] = "changed";
        JsonObject second = SchemaOf.Widget("{}");
        schema.Default(second);
        Assert.Equal("PathPrefix", (string?)second["spec"]!["path"]!["type"]);
    }
}
