using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Tests.Schemas;

public class DefinitionTests
{
    private const string Good = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {kind: Widget, plural: widgets, shortNames: [wd], categories: [toys]}
          versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}}
            schema: {openAPIV3Schema: {type: object, properties: {spec: {type: object, properties: {size: {type: integer}}}}}}
            additionalPrinterColumns: [{name: Size, type: integer, jsonPath: .spec.size}]
          - name: v1alpha1
            served: true
            storage: false
            schema: {openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}}
          - name: v1alpha0
            served: false
            storage: false
            schema: {openAPIV3Schema: {type: object}}
        """;

    [Fact]
    public void A_definition_brings_a_kind_for_every_version_it_serves()
    {
        JsonObject crd = Manifests.ParseOne(Good);
        Assert.Empty(SchemaOf.Refusals(Good));
        SchemaOf.BuiltIn("apiextensions.k8s.io/v1", "CustomResourceDefinition").Schema.Default(crd);
        ImmutableArray<ServedKind> kinds = CustomKinds.From(crd);
        Assert.Equal(["example.com/v1", "example.com/v1alpha1"], kinds.Select(kind => kind.ApiVersion));
        ServedKind first = kinds[0];
        Assert.Equal(("Widget", "widgets", "widget", true), (first.Kind, first.Plural, first.Singular, first.Namespaced));
        Assert.True(first is { HasStatus: true, HasGeneration: true, IsStorage: true });
        Assert.False(kinds[1].IsStorage || kinds[1].HasStatus);
        Assert.Equal(["wd"], first.ShortNames.AsEnumerable());
        Assert.Equal(["toys"], first.Categories.AsEnumerable());
        Assert.Equal(["Name", "Size"], first.Columns.Select(column => column.Name));
        Assert.Equal(["Name", "Age"], kinds[1].Columns.Select(column => column.Name));
    }

    [Theory]
    [InlineData("name: widgets.example.com", "name: gadgets.example.com", "metadata.name: Invalid value: \"gadgets.example.com\": must be spec.names.plural+\".\"+spec.group")]
    [InlineData("storage: true", "storage: false", "must have exactly one version marked as storage version")]
    [InlineData("scope: Namespaced", "scope: Everywhere", "spec.scope: Unsupported value: \"Everywhere\": supported values: \"Cluster\", \"Namespaced\"")]
    [InlineData("{type: integer}", "{}", "spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[size].type: Required value: must not be empty for specified object fields")]
    [InlineData("{type: integer}", "{type: int}", "spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[size].type: Unsupported value: \"int\"")]
    [InlineData("{type: integer}", "{type: array}", "spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[size].items: Required value: must be specified")]
    [InlineData("{type: integer}", "{type: integer, default: big}", "spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[size].default: Invalid value: \"string\"")]
    [InlineData("{type: integer}", "{type: string, pattern: '('}", "spec.versions[0].schema.openAPIV3Schema.properties[spec].properties[size].pattern: Invalid value: \"(\": must be a valid regular expression")]
    [InlineData("{openAPIV3Schema: {type: object}}", "{}", "spec.versions[2].schema.openAPIV3Schema: Required value: schemas are required")]
    [InlineData("jsonPath: .spec.size", "jsonPath: spec.size", "spec.versions[0].additionalPrinterColumns[0].jsonPath: Invalid value: \"spec.size\": must be a simple json path starting with .")]
    [InlineData("type: integer, jsonPath", "type: int, jsonPath", "spec.versions[0].additionalPrinterColumns[0].type: Unsupported value: \"int\"")]
    [InlineData("group: example.com", "group: example.k8s.io", "metadata.annotations[api-approved.kubernetes.io]: Required value: protected groups must have approval annotation")]
    public void A_broken_definition_is_refused(string part, string broken, string refusal) =>
        Assert.Contains(SchemaOf.Refusals(Good.Replace(part, broken, StringComparison.Ordinal)), found => found.Contains(refusal, StringComparison.Ordinal));

    [Fact]
    public void A_definition_keeps_its_scope() =>
        Assert.Equal(["spec.scope: Invalid value: \"Cluster\": field is immutable"], SchemaOf.Refusals(Good.Replace("Namespaced", "Cluster", StringComparison.Ordinal), Good));

    [Fact]
    public void Lists_say_how_their_items_are_told_apart()
    {
        SchemaNode root = SchemaOf.Spec("""
            type: object
            properties:
              names: {type: array, x-kubernetes-list-type: set, items: {type: string}}
              ports: {type: array, x-kubernetes-list-type: map, x-kubernetes-list-map-keys: [port, protocol], items: {type: object, properties: {port: {type: integer}, protocol: {type: string}}}}
              plain: {type: array, items: {type: string}}
              ref: {type: object, x-kubernetes-map-type: atomic, properties: {name: {type: string}}}
              labels: {type: object, additionalProperties: {type: string}}
              any: {type: object, x-kubernetes-preserve-unknown-fields: true}
            """).Root.Fields["spec"];
        Assert.Equal(ListKind.Set, root.Fields["names"].ListKind);
        Assert.Equal(["port", "protocol"], root.Fields["ports"].Keys.AsEnumerable());
        Assert.Equal(ListKind.Atomic, root.Fields["plain"].ListKind);
        Assert.True(root.Fields["ref"].Atomic);
        Assert.Equal(NodeShape.Map, root.Fields["labels"].Shape);
        Assert.Equal(NodeShape.Any, root.Fields["any"].Shape);
        SchemaNode service = SchemaOf.BuiltIn("v1", "Service").Schema.Root;
        Assert.Equal(["port", "protocol"], service.Fields["spec"].Fields["ports"].Keys.AsEnumerable());
        Assert.Equal(["uid"], service.Fields["metadata"].Fields["ownerReferences"].Keys.AsEnumerable());
        Assert.Equal(["name"], SchemaOf.BuiltIn("apps/v1", "Deployment").Schema.Root.Fields["spec"].Fields["template"].Fields["spec"].Fields["containers"].Keys.AsEnumerable());
    }
}
