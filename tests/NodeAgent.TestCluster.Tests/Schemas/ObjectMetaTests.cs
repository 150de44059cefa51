using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Tests.Schemas;

public class ObjectMetaTests
{
    [Theory]
    [InlineData("{namespace: default}", "metadata.name: Required value: name or generateName is required")]
    [InlineData("{name: Widget, namespace: default}", "metadata.name: Invalid value: \"Widget\": a lowercase RFC 1123 subdomain must consist of")]
    [InlineData("{name: w}", "metadata.namespace: Required value")]
    [InlineData("{name: w, namespace: default, labels: {'a b': c}}", "metadata.labels: Invalid value: \"a b\": name part must consist of")]
    [InlineData("{name: w, namespace: default, labels: {a: '-'}}", "metadata.labels: Invalid value: \"-\": a valid label must be an empty string or")]
    [InlineData("{name: w, namespace: default, labels: {a: 1}}", "metadata.labels.a: Invalid value: \"integer\": metadata.labels.a in body must be of type string")]
    [InlineData("{name: w, namespace: default, annotations: {/x: ''}}", "metadata.annotations: Invalid value: \"/x\": prefix part must be non-empty")]
    [InlineData("{name: w, namespace: default, finalizers: ['a b/c']}", "metadata.finalizers[0]: Invalid value: \"a b/c\": prefix part a lowercase RFC 1123 subdomain")]
    [InlineData("{name: w, namespace: default, ownerReferences: [{apiVersion: v1, kind: Pod, name: p, uid: ''}]}", "metadata.ownerReferences[0].uid: Invalid value: \"\": uid must not be empty")]
    public void Metadata_that_no_object_may_have_is_refused(string metadata, string refusal)
    {
        JsonObject item = new() { ["apiVersion"] = "example.com/v1", ["kind"] = "Widget", ["metadata"] = Manifests.ParseOne(metadata) };
        string refused = Assert.Single(SchemaOf.Refusals(SchemaOf.Spec("{type: object}"), item));
        Assert.StartsWith(refusal, refused, StringComparison.Ordinal);
    }

    [Fact]
    public void Annotations_are_up_to_256_KiB_together()
    {
        JsonObject item = SchemaOf.Widget("{}");
        item["metadata"]!["annotations"] = new JsonObject { ["a"] = new string('x', 256 * 1024 - 1) };
        StructuralSchema schema = SchemaOf.Spec("{type: object}");
        Assert.Empty(schema.Validate(item, null));
        item["metadata"]!["annotations"]!["b"] = "";
        Assert.Equal("Too long: may not be more than 262144 bytes", Assert.Single(schema.Validate(item, null)).Message);
    }

    [Fact]
    public void No_finalizer_is_added_to_what_is_being_deleted()
    {
        JsonObject before = SchemaOf.Widget("{}");
        before["metadata"]!["deletionTimestamp"] = "2026-11-22T06:00:00Z";
        before["metadata"]!["finalizers"] = new JsonArray("example.com/a", "example.com/b");
        JsonObject fewer = (JsonObject)before.DeepClone();
        fewer["metadata"]!["finalizers"] = new JsonArray("example.com/a");
        JsonObject more = (JsonObject)before.DeepClone();
        more["metadata"]!["finalizers"] = new JsonArray("example.com/a", "example.com/c");
        StructuralSchema schema = SchemaOf.Spec("{type: object}");
        Assert.Empty(schema.Validate(fewer, before));
        Assert.Equal(
            "Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{\"example.com/c\"}",
            Assert.Single(schema.Validate(more, before)).Message);
    }

    [Fact]
    public void Names_follow_the_kind()
    {
        Assert.Empty(SchemaOf.Refusals("{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRole, metadata: {name: 'system:x'}}"));
        Assert.Contains("a DNS-1035 label", SchemaOf.Refusals("{apiVersion: v1, kind: Service, metadata: {name: 1a, namespace: default}, spec: {ports: [{port: 80}]}}")[0], StringComparison.Ordinal);
        Assert.Contains("RFC 1123 label", SchemaOf.Refusals("{apiVersion: v1, kind: Namespace, metadata: {name: a.b}}")[0], StringComparison.Ordinal);
        Assert.Equal(["metadata.namespace: Forbidden: not allowed on this type"], SchemaOf.Refusals("{apiVersion: v1, kind: Node, metadata: {name: n, namespace: default}}"));
    }
}
