using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Tests.Schemas;

public class PruningTests
{
    [Fact]
    public void Unknown_fields_go_and_are_named_by_their_paths()
    {
        StructuralSchema schema = SchemaOf.Spec("""
            type: object
            properties:
              rules:
                type: array
                items:
                  type: object
                  properties: {name: {type: string}}
              labels: {type: object, additionalProperties: {type: string}}
              any: {type: object, additionalProperties: true}
              port: {x-kubernetes-int-or-string: true}
            """);
        JsonObject item = SchemaOf.Widget("{rules: [{name: a, bar: 1}], foo: {x: 1}, labels: {q: r}, any: {deep: {er: 1}}, port: http}");
        item["extra"] = 1;
        item["metadata"]!["nonsense"] = true;
        Assert.Equal(["extra", "metadata.nonsense", "spec.foo", "spec.rules[0].bar"], schema.Prune(item).Order());
        Assert.True(JsonNode.DeepEquals(Manifests.ParseOne("{rules: [{name: a}], labels: {q: r}, any: {deep: {er: 1}}, port: http}"), item["spec"]), item.ToJsonString());
    }

    [Fact]
    public void What_is_preserved_keeps_all_but_what_a_deeper_schema_forgets()
    {
        StructuralSchema schema = SchemaOf.Spec("""
            type: object
            x-kubernetes-preserve-unknown-fields: true
            properties:
              strict:
                type: object
                properties: {name: {type: string}}
              embedded:
                type: object
                x-kubernetes-embedded-resource: true
                properties: {spec: {type: object}}
            """);
        JsonObject item = SchemaOf.Widget("{whatever: {a: [1]}, strict: {name: a, gone: 1}, embedded: {apiVersion: v1, kind: Pod, metadata: {name: p}, spec: {}, gone: 1}}");
        Assert.Equal(["spec.embedded.gone", "spec.strict.gone"], schema.Prune(item).Order());
        Assert.NotNull(item["spec"]!["whatever"]!["a"]);
        Assert.NotNull(item["spec"]!["embedded"]!["metadata"]!["name"]);
    }

    [Fact]
    public void A_definition_without_a_schema_keeps_everything()
    {
        StructuralSchema schema = StructuralSchema.Of("example.com", "v1", "Widget", namespaced: true, null);
        JsonObject item = SchemaOf.Widget("{a: {b: 1}}");
        Assert.Empty(schema.Prune(item));
        Assert.Equal(1, (int)item["spec"]!["a"]!["b"]!);
    }

    [Fact]
    public void A_Pods_deep_parts_are_kept_and_its_shallow_parts_are_known()
    {
        JsonObject pod = Manifests.ParseOne("""
            apiVersion: v1
            kind: Pod
            metadata: {name: p, namespace: default}
            spec:
              containers: [{name: c, image: i, livenessProbe: {httpGet: {path: /}}, imagePolicy: x}]
              volumes: [{name: v, emptyDir: {medium: Memory}}]
              affinity: {nodeAffinity: {}}
            """);
        Assert.Equal(["spec.containers[0].imagePolicy"], SchemaOf.BuiltIn("v1", "Pod").Schema.Prune(pod));
        Assert.Equal("Memory", (string?)pod["spec"]!["volumes"]![0]!["emptyDir"]!["medium"]);
    }
}
