using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

public sealed class ObjectTests : RunningServer
{
    private const string Maps = Api.ConfigMaps;

    [Fact]
    public async Task What_is_created_can_be_read_with_the_servers_fields()
    {
        Answer created = await Api.PostAsync(Maps, Api.ConfigMap("a", ("x", "1")));
        Answer read = await Api.GetAsync(Maps + "/a");

        Assert.Equal(201, created.Code);
        Assert.Equal(200, read.Code);
        Assert.Equal(created.Body!.ToJsonString(), read.Body!.ToJsonString());
        JsonNode meta = read.Body["metadata"]!;
        Assert.True(Guid.TryParse((string)meta["uid"]!, out _));
        Assert.Matches("^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z$", (string)meta["creationTimestamp"]!);
        Assert.Equal("default", (string)meta["namespace"]!);
        Assert.Null(meta["generation"]);
    }

    [Fact]
    public async Task Versions_are_of_the_whole_server_and_only_grow()
    {
        long one = long.Parse((await Api.PostAsync(Maps, Api.ConfigMap("a"))).Version);
        long two = long.Parse((await Api.PostAsync("api/v1/namespaces", Namespace("n"))).Version);
        long three = long.Parse((await Api.MergeAsync(Maps + "/a", """{"data":{"x":"1"}}""")).Version);

        Assert.True(one < two && two < three);
    }

    [Fact]
    public async Task A_name_is_taken_once()
    {
        await Api.PostAsync(Maps, Api.ConfigMap("a"));
        Answer again = await Api.PostAsync(Maps, Api.ConfigMap("a"));

        Assert.Equal((409, "AlreadyExists", "configmaps \"a\" already exists"), (again.Code, again.Reason, again.Message));
        Assert.Equal("configmaps", (string?)again.Body!["details"]!["kind"]);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        Answer none = await Api.GetAsync(Maps + "/a");

        Assert.Equal((404, "NotFound", "configmaps \"a\" not found"), (none.Code, none.Reason, none.Message));
        Assert.Equal("deployments.apps \"a\" not found", (await Api.GetAsync(Api.Deployments + "/a")).Message);
        Answer nowhere = await Api.GetAsync("apis/example.com/v1/things");
        Assert.Equal((404, "404 page not found\n"), (nowhere.Code, await nowhere.Http.Content.ReadAsStringAsync()));
        Assert.Equal(404, (await Api.GetAsync(Maps + "/a/status")).Code);
    }

    [Fact]
    public async Task A_namespace_must_be_there()
    {
        Answer none = await Api.PostAsync("api/v1/namespaces/nowhere/configmaps", Api.ConfigMap("a"));

        Assert.Equal((404, "namespaces \"nowhere\" not found"), (none.Code, none.Message));
    }

    [Fact]
    public async Task Names_are_generated()
    {
        JsonObject wanted = Api.ConfigMap("");
        wanted["metadata"] = new JsonObject { ["generateName"] = "pre-" };
        Answer one = await Api.PostAsync(Maps, wanted);
        Answer two = await Api.PostAsync(Maps, wanted);

        Assert.Matches("^pre-[a-z0-9]{5}$", (string)one.Body!["metadata"]!["name"]!);
        Assert.NotEqual((string)one.Body["metadata"]!["name"]!, (string)two.Body!["metadata"]!["name"]!);
    }

    [Fact]
    public async Task A_replacement_of_an_old_version_conflicts()
    {
        Answer old = await Api.PostAsync(Maps, Api.ConfigMap("a"));
        await Api.MergeAsync(Maps + "/a", """{"data":{"x":"1"}}""");
        Answer conflict = await Api.PutAsync(Maps + "/a", old.Body!);

        Assert.Equal((409, "Conflict"), (conflict.Code, conflict.Reason));
        Assert.Equal("Operation cannot be fulfilled on configmaps \"a\": the object has been modified; please apply your changes to the latest version and try again", conflict.Message);
    }

    [Fact]
    public async Task A_replacement_without_a_version_wins()
    {
        await Api.PostAsync(Maps, Api.ConfigMap("a", ("x", "1")));
        Answer replaced = await Api.PutAsync(Maps + "/a", Api.ConfigMap("a", ("y", "2")));

        Assert.Equal(200, replaced.Code);
        Assert.Equal("""{"y":"2"}""", replaced.Body!["data"]!.ToJsonString());
    }

    [Fact]
    public async Task A_write_that_changes_nothing_is_no_write()
    {
        Answer created = await Api.PostAsync(Maps, Api.ConfigMap("a", ("x", "1")));
        Answer same = await Api.MergeAsync(Maps + "/a", """{"data":{"x":"1"}}""");
        Answer put = await Api.PutAsync(Maps + "/a", created.Body!);

        Assert.Equal(created.Version, same.Version);
        Assert.Equal(created.Version, put.Version);
    }

    [Fact]
    public async Task The_generation_counts_changes_of_the_spec_alone()
    {
        Answer created = await Api.PostAsync(Api.Deployments, Api.Deployment("d"));
        Answer labelled = await Api.MergeAsync(Api.Deployments + "/d", """{"metadata":{"labels":{"a":"b"}}}""");
        Answer status = await Api.MergeAsync(Api.Deployments + "/d/status", """{"status":{"replicas":1}}""");
        Answer scaled = await Api.MergeAsync(Api.Deployments + "/d", """{"spec":{"replicas":2}}""");

        Assert.Equal((1, 1, 1, 2), (created.Generation, labelled.Generation, status.Generation, scaled.Generation));
    }

    [Fact]
    public async Task The_status_is_written_apart()
    {
        JsonObject wanted = Api.Deployment("d");
        wanted["status"] = new JsonObject { ["replicas"] = 7 };
        Answer created = await Api.PostAsync(Api.Deployments, wanted);
        Answer plain = await Api.MergeAsync(Api.Deployments + "/d", """{"status":{"replicas":7}}""");
        Answer status = await Api.MergeAsync(Api.Deployments + "/d/status", """{"status":{"replicas":3},"spec":{"replicas":9},"metadata":{"labels":{"a":"b"}}}""");
        Answer again = await Api.MergeAsync(Api.Deployments + "/d", """{"spec":{"replicas":4},"status":null}""");

        Assert.Null(created.Body!["status"]?["replicas"]);
        Assert.Null(plain.Body!["status"]?["replicas"]);
        Assert.Equal(3, (int)status.Body!["status"]!["replicas"]!);
        Assert.Equal(1, (int)status.Body["spec"]!["replicas"]!);
        Assert.Null(status.Body["metadata"]!["labels"]);
        Assert.Equal(3, (int)again.Body!["status"]!["replicas"]!);
        Assert.Equal(4, (int)again.Body["spec"]!["replicas"]!);
    }

    [Fact]
    public async Task A_dry_run_leaves_no_trace()
    {
        Answer tried = await Api.PostAsync(Maps + "?dryRun=All", Api.ConfigMap("a"));
        Assert.Equal(201, tried.Code);
        Assert.Equal(404, (await Api.GetAsync(Maps + "/a")).Code);

        Answer created = await Api.PostAsync(Maps, Api.ConfigMap("a"));
        Answer patched = await Api.SendAsync(HttpMethod.Patch, Maps + "/a?dryRun=All", """{"data":{"x":"1"}}""", "application/merge-patch+json");
        Assert.Equal("1", (string?)patched.Body!["data"]!["x"]);
        Assert.Equal(created.Version, (await Api.GetAsync(Maps + "/a")).Version);
        Assert.Equal(200, (await Api.DeleteAsync(Maps + "/a?dryRun=All")).Code);
        Assert.Equal(200, (await Api.GetAsync(Maps + "/a")).Code);
    }

    [Fact]
    public async Task Unknown_fields_are_refused_told_or_dropped_as_wanted()
    {
        JsonObject wanted = Api.ConfigMap("a");
        wanted["dta"] = new JsonObject();
        Answer strict = await Api.PostAsync(Maps + "?fieldValidation=Strict", wanted);
        Answer warned = await Api.PostAsync(Maps + "?fieldValidation=Warn", wanted);
        wanted["metadata"]!["name"] = "b";
        Answer dropped = await Api.PostAsync(Maps + "?fieldValidation=Ignore", wanted);

        Assert.Equal((400, "ConfigMap in version \"v1\" cannot be handled as a ConfigMap: strict decoding error: unknown field \"dta\""), (strict.Code, strict.Message));
        Assert.Equal("299 - \"unknown field \\\"dta\\\"\"", Assert.Single(warned.Http.Headers.GetValues("Warning")));
        Assert.Equal(201, dropped.Code);
        Assert.False(dropped.Http.Headers.Contains("Warning"));
        Assert.Null(dropped.Body!["dta"]);
    }

    [Fact]
    public async Task A_field_that_is_there_twice_is_refused()
    {
        Answer strict = await Api.SendAsync(HttpMethod.Post, Maps + "?fieldValidation=Strict", """{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"1","x":"2"}}""");

        Assert.Equal(400, strict.Code);
        Assert.EndsWith("strict decoding error: duplicate field \"data.x\"", strict.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bodies_that_do_not_fit_their_path_are_refused()
    {
        JsonObject elsewhere = Api.ConfigMap("a");
        elsewhere["metadata"]!["namespace"] = "other";
        await Api.PostAsync(Maps, Api.ConfigMap("a"));

        Assert.Equal("the namespace of the provided object does not match the namespace sent on the request", (await Api.PostAsync(Maps, elsewhere)).Message);
        Assert.Equal("the name of the object (b) does not match the name on the URL (a)", (await Api.PutAsync(Maps + "/a", Api.ConfigMap("b"))).Message);
        Assert.Equal("the API version in the data (apps/v1) does not match the expected API version (v1)", (await Api.PostAsync(Maps, Api.Deployment("d"))).Message);
        Assert.Equal(415, (await Api.SendAsync(HttpMethod.Post, Maps, "a=b", "text/plain")).Code);
        Assert.Equal(406, (await Api.GetAsync(Maps, "text/html")).Code);
        Assert.Equal(405, (await Api.PutAsync(Maps, Api.ConfigMap("a"))).Code);
        Assert.Equal(400, (await Api.SendAsync(HttpMethod.Post, Maps, "{")).Code);
    }

    [Fact]
    public async Task What_the_kind_forbids_is_refused_with_its_causes()
    {
        Answer refused = await Api.PostAsync(Maps, Api.ConfigMap("A_b"));

        Assert.Equal((422, "Invalid"), (refused.Code, refused.Reason));
        Assert.StartsWith("ConfigMap \"A_b\" is invalid: metadata.name: Invalid value: \"A_b\": ", refused.Message, StringComparison.Ordinal);
        Assert.Equal("metadata.name", (string?)refused.Body!["details"]!["causes"]![0]!["field"]);
    }

    [Fact]
    public async Task Services_get_addresses_and_keep_them()
    {
        JsonNode service = JsonNode.Parse("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"ports":[{"port":80}]}}""")!;
        JsonNode headless = JsonNode.Parse("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"h"},"spec":{"clusterIP":"None","ports":[{"port":80}]}}""")!;
        Answer created = await Api.PostAsync("api/v1/namespaces/default/services", service);
        Answer replaced = await Api.PutAsync("api/v1/namespaces/default/services/s", service);
        Answer none = await Api.PostAsync("api/v1/namespaces/default/services", headless);

        string address = (string)created.Body!["spec"]!["clusterIP"]!;
        Assert.StartsWith("10.96.", address, StringComparison.Ordinal);
        Assert.Equal(address, (string?)replaced.Body!["spec"]!["clusterIP"]);
        Assert.Equal("None", (string?)none.Body!["spec"]!["clusterIP"]);
    }

    [Fact]
    public async Task Services_on_nodes_get_ports_there()
    {
        Answer created = await Api.PostAsync("api/v1/namespaces/default/services", JsonNode.Parse("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"type":"NodePort","ports":[{"name":"a","port":80},{"name":"b","port":81}]}}""")!);

        int[] ports = [.. created.Body!["spec"]!["ports"]!.AsArray().Select(p => (int)p!["nodePort"]!)];
        Assert.All(ports, p => Assert.InRange(p, 30_000, 32_767));
        Assert.Equal(2, ports.Distinct().Count());
    }

    [Fact]
    public async Task Ownership_is_the_writers_to_give_away()
    {
        Answer created = await Api.PostAsync(Maps, Api.ConfigMap("a", ("x", "1")));
        Assert.NotNull(created.Body!["metadata"]!["managedFields"]);
        Answer cleared = await Api.MergeAsync(Maps + "/a", """{"metadata":{"managedFields":[{}]}}""");

        Assert.Null(cleared.Body!["metadata"]!["managedFields"]);
    }

    [Fact]
    public async Task Events_of_both_groups_are_the_same_objects()
    {
        JsonNode item = JsonNode.Parse("""
            {"apiVersion":"events.k8s.io/v1","kind":"Event","metadata":{"name":"e","namespace":"default"},"eventTime":"2026-01-01T00:00:00.000000Z",
             "reportingController":"c.example/x","reportingInstance":"i","action":"Did","reason":"Because","type":"Normal","note":"hello",
             "regarding":{"kind":"Pod","name":"p","namespace":"default"}}
            """)!;
        Answer created = await Api.PostAsync("apis/events.k8s.io/v1/namespaces/default/events", item);
        Answer core = await Api.GetAsync("api/v1/namespaces/default/events?fieldSelector=involvedObject.name%3Dp");

        Assert.True(created.Code == 201, created.Message);
        JsonNode found = Assert.Single(core.Body!["items"]!.AsArray())!;
        Assert.Equal("hello", (string?)found["message"]);
        Assert.Equal("p", (string?)found["involvedObject"]!["name"]);
        Assert.Equal("v1", (string?)found["apiVersion"]);
    }

    private static JsonObject Namespace(string name) => new() { ["apiVersion"] = "v1", ["kind"] = "Namespace", ["metadata"] = new JsonObject { ["name"] = name } };
}
