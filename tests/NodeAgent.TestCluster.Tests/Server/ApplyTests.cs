using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

public sealed class ApplyTests : RunningServer
{
    private const string A = Api.ConfigMaps + "/a";

    private const string D = Api.Deployments + "/d";

    [Fact]
    public async Task An_apply_creates_and_owns()
    {
        Answer created = await Api.ApplyAsync(A, "me", Api.ConfigMap("a", ("x", "1")));

        Assert.Equal(201, created.Code);
        JsonNode entry = Assert.Single(created.Body!["metadata"]!["managedFields"]!.AsArray())!;
        Assert.Equal(("me", "Apply", "v1", "FieldsV1"), ((string?)entry["manager"], (string?)entry["operation"], (string?)entry["apiVersion"], (string?)entry["fieldsType"]));
        Assert.Equal("""{"f:data":{"f:x":{}}}""", entry["fieldsV1"]!.ToJsonString());
    }

    [Fact]
    public async Task Applying_the_same_again_is_no_write()
    {
        Answer created = await Api.ApplyAsync(A, "me", Api.ConfigMap("a", ("x", "1")));
        Answer again = await Api.ApplyAsync(A, "me", Api.ConfigMap("a", ("x", "1")));

        Assert.Equal((200, created.Version), (again.Code, again.Version));
    }

    [Fact]
    public async Task What_is_no_longer_applied_goes()
    {
        await Api.ApplyAsync(A, "me", Api.ConfigMap("a", ("x", "1"), ("y", "2")));
        await Api.ApplyAsync(A, "other", Api.ConfigMap("a", ("z", "3")));
        Answer applied = await Api.ApplyAsync(A, "me", Api.ConfigMap("a", ("x", "1")));

        Assert.Equal("""{"x":"1","z":"3"}""", applied.Body!["data"]!.ToJsonString());
    }

    [Fact]
    public async Task What_others_own_as_well_stays()
    {
        await Api.ApplyAsync(A, "me", Api.ConfigMap("a", ("x", "1"), ("y", "2")));
        await Api.ApplyAsync(A, "other", Api.ConfigMap("a", ("y", "2")));
        Answer applied = await Api.ApplyAsync(A, "me", Api.ConfigMap("a", ("x", "1")));

        Assert.Equal("2", (string?)applied.Body!["data"]!["y"]);
    }

    [Fact]
    public async Task A_field_of_another_conflicts_until_it_is_forced()
    {
        await Api.ApplyAsync(A, "one", Api.ConfigMap("a", ("x", "1"), ("y", "1")));
        Answer conflict = await Api.ApplyAsync(A, "two", Api.ConfigMap("a", ("x", "2")));
        Answer both = await Api.ApplyAsync(A, "two", Api.ConfigMap("a", ("x", "2"), ("y", "2")));
        Answer forced = await Api.ApplyAsync(A, "two", Api.ConfigMap("a", ("x", "2")), force: true);
        Answer back = await Api.ApplyAsync(A, "one", Api.ConfigMap("a", ("y", "1")));

        Assert.Equal((409, "Conflict", "Apply failed with 1 conflict: conflict with \"one\": .data.x"), (conflict.Code, conflict.Reason, conflict.Message));
        JsonNode cause = Assert.Single(conflict.Body!["details"]!["causes"]!.AsArray())!;
        Assert.Equal(("FieldManagerConflict", ".data.x"), ((string?)cause["reason"], (string?)cause["field"]));
        Assert.Equal("Apply failed with 2 conflicts: conflicts with \"one\":\n- .data.x\n- .data.y", both.Message);
        Assert.Equal("2", (string?)forced.Body!["data"]!["x"]);
        Assert.Equal("""{"x":"2","y":"1"}""", back.Body!["data"]!.ToJsonString());
    }

    [Fact]
    public async Task Updates_own_what_they_change()
    {
        await Api.SendAsync(HttpMethod.Post, Api.ConfigMaps + "?fieldManager=creator", Api.ConfigMap("a", ("x", "1"), ("y", "1")).ToJsonString());
        await Api.SendAsync(HttpMethod.Patch, A + "?fieldManager=patcher", """{"data":{"y":"2"}}""", "application/merge-patch+json");
        Answer conflict = await Api.ApplyAsync(A, "me", Api.ConfigMap("a", ("x", "2"), ("y", "3")));

        Assert.Equal("Apply failed with 2 conflicts: conflicts with \"creator\" using v1:\n- .data.x\nconflicts with \"patcher\" using v1:\n- .data.y", conflict.Message);
    }

    [Fact]
    public async Task List_items_are_owned_by_their_keys()
    {
        JsonObject service = (JsonObject)JsonNode.Parse("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"ports":[{"name":"a","port":80,"protocol":"TCP"},{"name":"b","port":81}]}}""")!;
        await Api.ApplyAsync("api/v1/namespaces/default/services/s", "one", service);
        JsonObject more = (JsonObject)JsonNode.Parse("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"ports":[{"name":"c","port":82}]}}""")!;
        Answer added = await Api.ApplyAsync("api/v1/namespaces/default/services/s", "two", more);
        service["spec"]!["ports"]!.AsArray().RemoveAt(0);
        Answer less = await Api.ApplyAsync("api/v1/namespaces/default/services/s", "one", service);

        Assert.Equal("80,81,82", Ports(added));
        Assert.Equal("81,82", Ports(less));
        Assert.Contains("k:{\"port\":82,\"protocol\":\"TCP\"}", added.Body!["metadata"]!["managedFields"]!.AsArray().Single(e => (string?)e!["manager"] == "two")!["fieldsV1"]!["f:spec"]!["f:ports"]!.AsObject().Select(f => f.Key));
    }

    [Fact]
    public async Task The_status_is_applied_apart()
    {
        await Api.PostAsync(Api.Deployments, Api.Deployment("d"));
        JsonObject status = (JsonObject)JsonNode.Parse("""{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"d"},"status":{"replicas":2}}""")!;
        Answer applied = await Api.ApplyAsync(D + "/status", "me", status);

        Assert.Equal((200, 2), (applied.Code, (int)applied.Body!["status"]!["replicas"]!));
        JsonNode entry = applied.Body["metadata"]!["managedFields"]!.AsArray().Single(e => (string?)e!["manager"] == "me")!;
        Assert.Equal(("status", """{"f:status":{"f:replicas":{}}}"""), ((string?)entry["subresource"], entry["fieldsV1"]!.ToJsonString()));
        status["metadata"]!["name"] = "none";
        Assert.Equal(404, (await Api.ApplyAsync(Api.Deployments + "/none/status", "me", status)).Code);
    }

    [Fact]
    public async Task An_apply_must_be_a_managers_own_will()
    {
        JsonObject owned = Api.ConfigMap("a");
        owned["metadata"]!["managedFields"] = new JsonArray(new JsonObject { ["manager"] = "x" });
        JsonObject wrong = Api.ConfigMap("a");
        wrong["dta"] = new JsonObject();

        Assert.Equal("metadata.managedFields must be nil", (await Api.ApplyAsync(A, "me", owned)).Message);
        Assert.Equal(422, (await Api.SendAsync(HttpMethod.Patch, A, Api.ConfigMap("a").ToJsonString(), "application/apply-patch+yaml")).Code);
        Answer unknown = await Api.ApplyAsync(A, "me", wrong);
        Assert.Equal((500, "failed to create typed patch object (default/a; v1, Kind=ConfigMap): .dta: field not declared in schema"), (unknown.Code, unknown.Message));
    }

    private static string Ports(Answer service) => string.Join(',', service.Body!["spec"]!["ports"]!.AsArray().Select(p => p!["port"]));

    [Fact]
    public async Task A_manager_that_changes_to_another_version_of_the_kind_stays_the_same()
    {
        await Server.InstallCrdsAsync(DefinitionRequestTests.Definition);
        const string thing = "apis/example.com/{0}/namespaces/default/things/t";
        string Old(string name) => $$$"""{"apiVersion":"example.com/v1beta1","kind":"Thing","metadata":{"name":"t"},"spec":{"name":"{{{name}}}","size":1}}""";
        string New(string name) => $$$"""{"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t"},"spec":{"name":"{{{name}}}"}}""";
        await Api.ApplyAsync(string.Format(null, thing, "v1beta1"), "me", JsonNode.Parse(Old("a"))!);
        Answer applied = await Api.ApplyAsync(string.Format(null, thing, "v1"), "me", JsonNode.Parse(New("b"))!);

        Assert.Equal((200, ""), (applied.Code, applied.Message));
        Assert.Equal("""{"name":"b","size":3}""", applied.Body!["spec"]!.ToJsonString());
        JsonNode entry = Assert.Single(applied.Body["metadata"]!["managedFields"]!.AsArray())!;
        Assert.Equal(("example.com/v1", """{"f:spec":{"f:name":{}}}"""), ((string?)entry["apiVersion"], entry["fieldsV1"]!.ToJsonString()));
    }

    [Fact]
    public async Task An_item_that_is_applied_twice_is_refused()
    {
        JsonNode service = JsonNode.Parse("""{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"ports":[{"port":80},{"port":80,"protocol":"TCP","name":"b"}]}}""")!;
        Answer refused = await Api.ApplyAsync("api/v1/namespaces/default/services/s", "me", service);

        Assert.Equal((500, "failed to create typed patch object (default/s; v1, Kind=Service): .spec.ports: duplicate entries for key [port=80,protocol=\"TCP\"]"), (refused.Code, refused.Message));
        JsonObject twice = Api.ConfigMap("a");
        twice["metadata"]!["finalizers"] = new JsonArray("example.com/x", "example.com/x");
        Assert.EndsWith(".metadata.finalizers: duplicate entries for key [=\"example.com/x\"]", (await Api.ApplyAsync(A, "me", twice)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_applied_says_its_version()
    {
        JsonObject map = Api.ConfigMap("a");
        map.Remove("apiVersion");
        map.Remove("kind");
        Answer refused = await Api.ApplyAsync(A, "me", map);

        Assert.Equal((400, "Incorrect version specified in apply patch. Specified patch version: , expected: v1"), (refused.Code, refused.Message));
    }
}
