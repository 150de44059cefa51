using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Schemas;

public class BuiltInRulesTests
{
    private const string Head = "apiVersion: v1, metadata: {name: x, namespace: default}";

    [Fact]
    public void Strings_of_a_Secret_become_its_data()
    {
        JsonObject secret = Manifests.ParseOne($"{{{Head}, kind: Secret, data: {{a: b2xk, b: a2VwdA==}}, stringData: {{a: new}}}}");
        SchemaOf.BuiltIn("v1", "Secret").Schema.Default(secret);
        Assert.False(secret.ContainsKey("stringData"));
        Assert.Equal("new", Encoding.UTF8.GetString(Convert.FromBase64String((string)secret["data"]!["a"]!)));
        Assert.Equal("a2VwdA==", (string?)secret["data"]!["b"]);
        Assert.Equal("Opaque", (string?)secret["type"]);
    }

    [Theory]
    [InlineData("kind: Secret, data: {a: '***'}", "data.a: Invalid value: \"***\": data.a in body must be of type byte: \"***\"")]
    [InlineData("kind: Secret, data: {'a b': ''}", "data[a b]: Invalid value: \"a b\": a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. 'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is '[-._a-zA-Z0-9]+')")]
    [InlineData("kind: Secret, type: kubernetes.io/tls, data: {tls.crt: ''}", "data[tls.key]: Required value")]
    [InlineData("kind: ConfigMap, data: {a: b}, binaryData: {a: ''}", "data[a]: Invalid value: \"a\": duplicate of key present in binaryData")]
    public void Data_that_cannot_be_is_refused(string fields, string refusal) =>
        Assert.Equal([refusal], SchemaOf.Refusals($"{{{Head}, {fields}}}"));

    [Theory]
    [InlineData("kind: Secret, type: a", "kind: Secret, type: b", "type: Invalid value: \"b\": field is immutable")]
    [InlineData("kind: Secret, immutable: true, data: {a: ''}", "kind: Secret, immutable: true, data: {a: YQ==}", "data: Forbidden: field is immutable when `immutable` is set")]
    [InlineData("kind: ConfigMap, immutable: true", "kind: ConfigMap", "immutable: Forbidden: field is immutable when `immutable` is set")]
    [InlineData("kind: ConfigMap, data: {a: b}", "kind: ConfigMap, immutable: true, data: {a: c}", "")]
    public void What_is_immutable_stays(string before, string after, string refusal) =>
        Assert.Equal(refusal, string.Join('\n', SchemaOf.Refusals($"{{{Head}, {after}}}", $"{{{Head}, {before}}}")));

    [Fact]
    public void A_Namespace_is_found_by_its_name()
    {
        JsonObject space = Manifests.ParseOne("{apiVersion: v1, kind: Namespace, metadata: {name: infra, labels: {a: b}}}");
        Assert.Empty(SchemaOf.Refusals(SchemaOf.BuiltIn("v1", "Namespace").Schema, space));
        Assert.Equal("infra", (string?)space["metadata"]!["labels"]!["kubernetes.io/metadata.name"]);
        Assert.Equal("Active", (string?)space["status"]!["phase"]);
    }

    [Fact]
    public void A_Deployments_selector_selects_its_Pods_and_stays()
    {
        const string Deployment = "{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: default}, spec: {selector: {matchLabels: {app: A}}, template: {metadata: {labels: {app: B}}, spec: {containers: [{name: c, image: 'registry/i:1'}]}}}}";
        string good = Deployment.Replace("app: B", "app: A", StringComparison.Ordinal);
        Assert.Empty(SchemaOf.Refusals(good));
        Assert.Equal(
            ["spec.template.metadata.labels: Invalid value: map[string]string{\"app\":\"B\"}: `selector` does not match template `labels`"],
            SchemaOf.Refusals(Deployment));
        Assert.Equal(
            ["spec.selector: Invalid value: map[string]interface {}{\"matchLabels\":map[string]interface {}{\"app\":\"C\"}}: field is immutable"],
            SchemaOf.Refusals(good.Replace("app: A", "app: C", StringComparison.Ordinal), good));
    }

    [Fact]
    public void A_Deployment_gets_what_it_does_not_say()
    {
        JsonObject item = Manifests.ParseOne("{apiVersion: apps/v1, kind: Deployment, metadata: {name: d, namespace: default}, spec: {selector: {matchLabels: {app: A}}, template: {metadata: {labels: {app: A}}, spec: {containers: [{name: c, image: i, ports: [{containerPort: 80}]}]}}}}");
        SchemaOf.BuiltIn("apps/v1", "Deployment").Schema.Default(item);
        JsonNode spec = item["spec"]!;
        Assert.Equal(1, (int)spec["replicas"]!);
        Assert.Equal("25%", (string?)spec["strategy"]!["rollingUpdate"]!["maxSurge"]);
        Assert.Equal("Always", (string?)spec["template"]!["spec"]!["containers"]![0]!["imagePullPolicy"]);
        Assert.Equal("TCP", (string?)spec["template"]!["spec"]!["containers"]![0]!["ports"]![0]!["protocol"]);
    }

    [Fact]
    public void A_Lease_lasts()
    {
        Assert.Equal(
            ["spec.leaseDurationSeconds: Invalid value: 0: must be greater than 0"],
            SchemaOf.Refusals("{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: l, namespace: default}, spec: {leaseDurationSeconds: 0, holderIdentity: ''}}"));
        Assert.Empty(SchemaOf.Refusals("{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {name: l, namespace: default}, spec: {leaseDurationSeconds: 15, renewTime: '2026-11-22T06:00:00.123456Z'}}"));
    }

    [Fact]
    public void A_binding_binds_the_same_role_for_ever()
    {
        const string Binding = "{apiVersion: rbac.authorization.k8s.io/v1, kind: ClusterRoleBinding, metadata: {name: b}, roleRef: {apiGroup: rbac.authorization.k8s.io, kind: ClusterRole, name: one}}";
        Assert.Empty(SchemaOf.Refusals(Binding, Binding));
        Assert.EndsWith("cannot change roleRef", Assert.Single(SchemaOf.Refusals(Binding.Replace("one", "two", StringComparison.Ordinal), Binding)), StringComparison.Ordinal);
    }
}
