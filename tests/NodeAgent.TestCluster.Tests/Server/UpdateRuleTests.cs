using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

/// <summary>What a PUT must say, kind by kind.</summary>
public sealed class UpdateRuleTests : RunningServer
{
    private const string Things = "apis/example.com/v1/namespaces/default/things";

    private const string Leases = "apis/coordination.k8s.io/v1/namespaces/default/leases";

    [Fact]
    public async Task Custom_objects_are_replaced_by_version_only()
    {
        await Server.InstallCrdsAsync(DefinitionRequestTests.Definition);
        Answer created = await Api.PostAsync(Things, Thing("t", "a"));
        Answer refused = await Api.PutAsync(Things + "/t", Thing("t", "b"));
        Assert.Equal((422, "Invalid"), (refused.Code, refused.Reason));
        Assert.Equal("things.example.com \"t\" is invalid: metadata.resourceVersion: Invalid value: 0x0: must be specified for an update", refused.Message);
        Assert.Equal(422, (await Api.PutAsync(Things + "/t/status", Thing("t", "b"))).Code);

        JsonObject next = Thing("t", "b");
        next["metadata"]!["resourceVersion"] = created.Version;
        Assert.Equal(200, (await Api.PutAsync(Things + "/t", next)).Code);
        Assert.Equal(409, (await Api.PutAsync(Things + "/t", next)).Code);
        Assert.Equal(404, (await Api.PutAsync(Things + "/u", Thing("u", "b"))).Code);
    }

    [Fact]
    public async Task Patches_need_no_version()
    {
        await Server.InstallCrdsAsync(DefinitionRequestTests.Definition);
        await Api.PostAsync(Things, Thing("t", "a"));

        Assert.Equal(200, (await Api.MergeAsync(Things + "/t", """{"spec":{"name":"b"}}""")).Code);
        Assert.Equal(200, (await Api.MergeAsync(Things + "/t", """{"metadata":{"resourceVersion":null},"spec":{"name":"c"}}""")).Code);
    }

    [Fact]
    public async Task A_lease_is_replaced_by_version_only_and_comes_with_its_first_put()
    {
        Answer created = await Api.PutAsync(Leases + "/l", Lease("one"));
        Assert.Equal((201, "one"), (created.Code, (string?)created.Body!["spec"]!["holderIdentity"]));
        Answer refused = await Api.PutAsync(Leases + "/l", Lease("two"));
        Assert.Equal(422, refused.Code);

        created.Body["spec"]!["holderIdentity"] = "two";
        Assert.Equal(200, (await Api.PutAsync(Leases + "/l", created.Body)).Code);
    }

    [Fact]
    public async Task Who_renews_a_lease_that_was_deleted_meets_a_conflict()
    {
        Answer created = await Api.PostAsync(Leases, Lease("one"));
        await Api.DeleteAsync(Leases + "/l");
        Answer refused = await Api.PutAsync(Leases + "/l", created.Body!);

        Assert.Equal((409, "Conflict"), (refused.Code, refused.Reason));
        Assert.EndsWith("UID in object meta: ", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_put_names_its_object()
    {
        await Api.PostAsync(Api.ConfigMaps, Api.ConfigMap("a"));
        JsonObject nameless = Api.ConfigMap("a", ("x", "1"));
        nameless["metadata"] = new JsonObject();

        Answer refused = await Api.PutAsync(Api.ConfigMaps + "/a", nameless);
        Assert.Equal((400, "the name of the object (a based on URL) was undeterminable: name must be provided"), (refused.Code, refused.Message));
    }

    private static JsonObject Thing(string name, string says) => (JsonObject)JsonNode.Parse($$$"""
        {"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"{{{name}}}"},"spec":{"name":"{{{says}}}"}}
        """)!;

    private static JsonObject Lease(string holder) => (JsonObject)JsonNode.Parse($$$"""
        {"apiVersion":"coordination.k8s.io/v1","kind":"Lease","metadata":{"name":"l"},"spec":{"holderIdentity":"{{{holder}}}"}}
        """)!;
}
