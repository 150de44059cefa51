using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;
using NodeAgent.TestCluster.Tables;
using NodeAgent.TestCluster.Tests.Schemas;

namespace NodeAgent.TestCluster.Tests.Tables;

public class TableTests
{
    private static DateTimeOffset Now { get; } = new(2026, 11, 22, 6, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(5, "5s")]
    [InlineData(119, "119s")]
    [InlineData(182, "3m2s")]
    [InlineData(180, "3m")]
    [InlineData(600, "10m")]
    [InlineData(10799, "179m")]
    [InlineData(10800, "3h")]
    [InlineData(4 * 3600 + 300, "4h5m")]
    [InlineData(8 * 3600, "8h")]
    [InlineData(47 * 3600, "47h")]
    [InlineData(2 * 86400, "2d")]
    [InlineData(2 * 86400 + 3600, "2d1h")]
    [InlineData(8 * 86400 + 3600, "8d")]
    [InlineData(729 * 86400, "729d")]
    [InlineData(730 * 86400, "2y")]
    [InlineData(732 * 86400, "2y2d")]
    [InlineData(9 * 365 * 86400, "9y")]
    [InlineData(-60, "<invalid>")]
    public void Ages_read_as_kubectl_shows_them(long seconds, string text) => Assert.Equal(text, HumanDuration.Of(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData("v1", "Service", "spec: {type: LoadBalancer, clusterIP: 10.0.0.1, ports: [{port: 80, protocol: TCP, nodePort: 30001}, {port: 53, protocol: UDP}], selector: {a: b}}", "x|LoadBalancer|10.0.0.1|<pending>|80:30001/TCP,53/UDP|5m|a=b")]
    [InlineData("v1", "Pod", "spec: {nodeName: n, containers: [{name: a}, {name: b}]}, status: {phase: Running, podIP: 10.0.0.9, containerStatuses: [{ready: true, restartCount: 2}, {ready: false, restartCount: 1, state: {waiting: {reason: CrashLoopBackOff}}}]}", "x|1/2|CrashLoopBackOff|3|5m|10.0.0.9|n|<none>|<none>")]
    [InlineData("v1", "Secret", "type: Opaque, data: {a: '', b: ''}", "x|Opaque|2|5m")]
    [InlineData("v1", "ConfigMap", "data: {a: ''}, binaryData: {b: ''}", "x|2|5m")]
    [InlineData("v1", "Namespace", "status: {phase: Active}", "x|Active|5m")]
    [InlineData("v1", "Node", "spec: {unschedulable: true}, status: {conditions: [{type: Ready, status: 'True'}], addresses: [{type: InternalIP, address: 10.0.0.1}], nodeInfo: {kubeletVersion: v1}}", "x|Ready,SchedulingDisabled|<none>|5m|v1|10.0.0.1|<none>|<unknown>|<unknown>|<unknown>")]
    [InlineData("v1", "Endpoints", "subsets: [{addresses: [{ip: 10.0.0.1}, {ip: 'fd00::1'}], ports: [{port: 80}, {port: 81}]}]", "x|10.0.0.1:80,10.0.0.1:81,[fd00::1]:80 + 1 more...|5m")]
    [InlineData("v1", "Event", "lastTimestamp: '2026-11-22T05:59:50Z', type: Normal, reason: R, involvedObject: {kind: Gateway, name: g}, message: hello", "10s|Normal|R|gateway/g|||hello||1|x")]
    [InlineData("events.k8s.io/v1", "Event", "eventTime: '2026-11-22T05:59:50.5Z', type: Warning, reason: R, regarding: {kind: Gateway, name: g}, note: hello, reportingController: c, series: {count: 3}", "9s|Warning|R|gateway/g||c|hello|9s|3|x")]
    [InlineData("apps/v1", "Deployment", "spec: {replicas: 2, selector: {matchLabels: {a: b}}, template: {spec: {containers: [{name: c, image: i}]}}}, status: {readyReplicas: 1, updatedReplicas: 2}", "x|1/2|2|0|5m|c|i|a=b")]
    [InlineData("discovery.k8s.io/v1", "EndpointSlice", "addressType: IPv4, ports: [{port: 80}], endpoints: [{addresses: [10.0.0.1]}]", "x|IPv4|80|10.0.0.1|5m")]
    [InlineData("coordination.k8s.io/v1", "Lease", "spec: {holderIdentity: me}", "x|me|5m")]
    [InlineData("apiextensions.k8s.io/v1", "CustomResourceDefinition", "spec: {}", "x|2026-11-22T05:55:00Z")]
    public void Built_in_kinds_show_what_kubectl_shows(string apiVersion, string kind, string fields, string cells)
    {
        JsonObject item = Manifests.ParseOne($"{{apiVersion: {apiVersion}, kind: {kind}, metadata: {{name: x, creationTimestamp: '2026-11-22T05:55:00Z'}}, {fields}}}");
        JsonObject table = TableBuilder.Of(SchemaOf.BuiltIn(apiVersion, kind), [item], null, IncludeObject.None, Now);
        Assert.Equal(cells, string.Join('|', ((JsonArray)table["rows"]![0]!["cells"]!).Select(cell => cell?.ToString())));
        Assert.Equal(((JsonArray)table["columnDefinitions"]!).Count, ((JsonArray)table["rows"]![0]!["cells"]!).Count);
    }

    [Theory]
    [InlineData(".spec.gatewayClassName", "string", "example")]
    [InlineData(".status.addresses[*].value", "string", "10.0.0.1")]
    [InlineData(".status.addresses[1].value", "string", "10.0.0.2")]
    [InlineData(".status.conditions[?(@.type==\"Programmed\")].status", "string", "True")]
    [InlineData(".status.conditions[?(@.type=='Accepted')].observedGeneration", "integer", "3")]
    [InlineData(".status.conditions[?(@.type!='Accepted')].type", "string", "Programmed")]
    [InlineData(".status.conditions[?(@.type=='Missing')].status", "string", null)]
    [InlineData(".spec.hostnames", "string", "[\"a.example\",\"b.example\"]")]
    [InlineData(".metadata.labels.example\\.com/team", "string", "blue")]
    [InlineData(".metadata.labels['example.com/team']", "string", "blue")]
    [InlineData(".spec.gatewayClassName", "integer", null)]
    [InlineData(".metadata.creationTimestamp", "date", "5m")]
    [InlineData(".spec.nothing", "date", null)]
    public void Columns_of_a_definition_show_what_their_path_finds(string path, string type, string? shown)
    {
        JsonObject item = Manifests.ParseOne("""
            metadata: {name: g, creationTimestamp: '2026-11-22T05:55:00Z', labels: {example.com/team: blue}}
            spec: {gatewayClassName: example, hostnames: [a.example, b.example]}
            status:
              addresses: [{value: 10.0.0.1}, {value: 10.0.0.2}]
              conditions:
              - {type: Accepted, status: 'False', observedGeneration: 3}
              - {type: Programmed, status: 'True'}
            """);
        JsonArray columns = [new JsonObject { ["name"] = "Shown", ["type"] = type, ["jsonPath"] = path, ["priority"] = 1 }];
        ServedKind kind = new("example.com", "v1", "Gateway", "gateways", "gateway", true, SchemaOf.Spec("{type: object}")) { Columns = CustomColumns.Of(columns) };
        JsonObject table = TableBuilder.Of(kind, [item], null, IncludeObject.None, Now);
        Assert.Equal(shown, table["rows"]![0]!["cells"]![1]?.ToString());
        Assert.Equal(1, (int)table["columnDefinitions"]![1]!["priority"]!);
    }

    [Theory]
    [InlineData("spec")]
    [InlineData(".a[")]
    [InlineData(".a[x]")]
    [InlineData(".a[?(b)]")]
    [InlineData("")]
    public void What_is_no_path_shows_nothing(string path) =>
        Assert.True(JsonPath.Parse(path) is not { } parsed || !parsed.Find(new JsonObject { ["a"] = 1 }).Any());

    [Fact]
    public void Rows_carry_as_much_of_the_object_as_was_asked_for()
    {
        ServedKind kind = SchemaOf.BuiltIn("v1", "ConfigMap");
        JsonObject item = Manifests.ParseOne("{apiVersion: v1, kind: ConfigMap, metadata: {name: x, resourceVersion: '7'}, data: {a: b}}");
        JsonObject metadata = TableBuilder.Of(kind, [item], null, IncludeObject.Metadata, Now);
        Assert.Equal("PartialObjectMetadata", (string?)metadata["rows"]![0]!["object"]!["kind"]);
        Assert.Equal("x", (string?)metadata["rows"]![0]!["object"]!["metadata"]!["name"]);
        Assert.Null(metadata["rows"]![0]!["object"]!["data"]);
        Assert.Equal("7", (string?)metadata["metadata"]!["resourceVersion"]);
        JsonObject whole = TableBuilder.Of(kind, [item], new JsonObject { ["resourceVersion"] = "9" }, IncludeObject.Object, Now, withColumns: false);
        Assert.True(JsonNode.DeepEquals(item, whole["rows"]![0]!["object"]));
        Assert.Equal("9", (string?)whole["metadata"]!["resourceVersion"]);
        Assert.Empty((JsonArray)whole["columnDefinitions"]!);
        Assert.False(((JsonObject)TableBuilder.Of(kind, [item], null, IncludeObject.None, Now)["rows"]![0]!).ContainsKey("object"));
    }
}
