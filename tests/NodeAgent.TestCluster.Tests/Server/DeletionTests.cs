using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

public sealed class DeletionTests : RunningServer
{
    private const string Maps = Api.ConfigMaps;

    [Fact]
    public async Task What_nothing_holds_goes_at_once()
    {
        Answer created = await Api.PostAsync(Maps, Api.ConfigMap("a"));
        Answer deleted = await Api.DeleteAsync(Maps + "/a");

        Assert.Equal((200, "Status", "Success"), (deleted.Code, (string?)deleted.Body!["kind"], (string?)deleted.Body["status"]));
        Assert.Equal((string?)created.Body!["metadata"]!["uid"], (string?)deleted.Body["details"]!["uid"]);
        Assert.Equal(404, (await Api.GetAsync(Maps + "/a")).Code);
    }

    [Fact]
    public async Task A_finalizer_holds_an_object_until_it_is_removed()
    {
        await Api.PostAsync(Maps, Held("a"));
        using WatchReader watch = await WatchReader.OpenAsync(Client, Maps + "?watch=1");
        Answer deleted = await Api.DeleteAsync(Maps + "/a");
        Answer again = await Api.DeleteAsync(Maps + "/a");

        Assert.Equal("ConfigMap", (string?)deleted.Body!["kind"]);
        Assert.NotNull(deleted.Body["metadata"]!["deletionTimestamp"]);
        Assert.Equal(0, (int)deleted.Body["metadata"]!["deletionGracePeriodSeconds"]!);
        Assert.Equal(deleted.Version, again.Version);
        Answer more = await Api.MergeAsync(Maps + "/a", """{"metadata":{"finalizers":["example.com/hold","example.com/more"]}}""");
        Assert.Equal(422, more.Code);
        Answer kept = await Api.MergeAsync(Maps + "/a", """{"metadata":{"deletionTimestamp":null}}""");
        Assert.NotNull(kept.Body!["metadata"]!["deletionTimestamp"]);
        Answer released = await Api.MergeAsync(Maps + "/a", """{"metadata":{"finalizers":null}}""");
        Assert.Equal(200, released.Code);
        Assert.Equal(404, (await Api.GetAsync(Maps + "/a")).Code);
        string[] told = await watch.NextAsync(3);
        Assert.Equal(["ADDED a", "MODIFIED a"], told[..2]);
        while (told[^1] == "MODIFIED a")
        {
            told = await watch.NextAsync(1);
        }

        Assert.Equal("DELETED a", told[^1]);
    }

    [Fact]
    public async Task A_deletion_can_be_of_one_object_and_one_version_only()
    {
        Answer created = await Api.PostAsync(Maps, Api.ConfigMap("a"));
        Answer other = await Api.DeleteAsync(Maps + "/a", """{"preconditions":{"uid":"00000000-0000-0000-0000-000000000000"}}""");
        Answer old = await Api.DeleteAsync(Maps + "/a", """{"preconditions":{"resourceVersion":"1"}}""");
        Answer right = await Api.DeleteAsync(Maps + "/a", $$$"""{"preconditions":{"uid":"{{{created.Body!["metadata"]!["uid"]}}}","resourceVersion":"{{{created.Version}}}"}}""");

        Assert.Equal((409, 409, 200), (other.Code, old.Code, right.Code));
        Assert.StartsWith("Operation cannot be fulfilled on configmaps \"a\": Precondition failed: UID in precondition: ", other.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Dependents_go_with_their_last_owner()
    {
        Answer one = await Api.PostAsync(Maps, Api.ConfigMap("one"));
        Answer two = await Api.PostAsync(Maps, Api.ConfigMap("two"));
        await Api.PostAsync(Maps, Owned("dependent", false, one, two));
        await Api.DeleteAsync(Maps + "/one");
        JsonObject left = await Server.UntilAsync("", "configmaps", "default", "dependent", d => d?["metadata"]!["ownerReferences"]!.AsArray().Count == 1, Patience);
        Assert.Equal("two", (string?)left["metadata"]!["ownerReferences"]![0]!["name"]);
        await Api.DeleteAsync(Maps + "/two");

        await Server.UntilAsync("", "configmaps", "default", "dependent", d => d is null, Patience);
    }

    [Fact]
    public async Task Dependents_of_nobody_are_collected()
    {
        Answer one = await Api.PostAsync(Maps, Api.ConfigMap("one"));
        await Api.DeleteAsync(Maps + "/one");
        await Api.PostAsync(Maps, Owned("dependent", false, one));

        await Server.UntilAsync("", "configmaps", "default", "dependent", d => d is null, Patience);
    }

    [Fact]
    public async Task Orphans_stay()
    {
        Answer one = await Api.PostAsync(Maps, Api.ConfigMap("one"));
        await Api.PostAsync(Maps, Owned("dependent", false, one));
        await Api.DeleteAsync(Maps + "/one?propagationPolicy=Orphan");
        await Server.UntilAsync("", "configmaps", "default", "one", d => d is null, Patience);

        Assert.Null(Server.Get("", "configmaps", "default", "dependent")!["metadata"]!["ownerReferences"]);
    }

    [Fact]
    public async Task An_owner_waits_for_dependents_in_the_foreground()
    {
        Answer one = await Api.PostAsync(Maps, Api.ConfigMap("one"));
        JsonObject dependent = Owned("dependent", true, one);
        dependent["metadata"]!["finalizers"] = new JsonArray("example.com/hold");
        await Api.PostAsync(Maps, dependent);
        await Api.DeleteAsync(Maps + "/one", """{"propagationPolicy":"Foreground"}""");
        await Server.UntilAsync("", "configmaps", "default", "dependent", d => d!["metadata"]!["deletionTimestamp"] is not null, Patience);
        Assert.NotNull(Server.Get("", "configmaps", "default", "one"));
        await Api.MergeAsync(Maps + "/dependent", """{"metadata":{"finalizers":null}}""");

        await Server.UntilAsync("", "configmaps", "default", "one", d => d is null, Patience);
        Assert.Null(Server.Get("", "configmaps", "default", "dependent"));
    }

    [Fact]
    public async Task A_namespace_goes_when_it_is_empty()
    {
        await Server.ApplyAsync("{apiVersion: v1, kind: Namespace, metadata: {name: n}}");
        JsonObject held = Held("a");
        held["metadata"]!["namespace"] = "n";
        await Api.PostAsync("api/v1/namespaces/n/configmaps", held);
        await Api.PostAsync("api/v1/namespaces/n/configmaps", Api.ConfigMap("b"));
        Answer deleted = await Api.DeleteAsync("api/v1/namespaces/n");
        Assert.Equal("Terminating", (string?)deleted.Body!["status"]!["phase"]);
        await Server.UntilAsync("", "configmaps", "n", "b", b => b is null, Patience);
        await Server.UntilAsync("", "configmaps", "n", "a", a => a!["metadata"]!["deletionTimestamp"] is not null, Patience);
        Answer late = await Api.PostAsync("api/v1/namespaces/n/configmaps", Api.ConfigMap("c"));
        Assert.Equal((403, "configmaps \"c\" is forbidden: unable to create new content in namespace n because it is being terminated"), (late.Code, late.Message));
        await Api.MergeAsync("api/v1/namespaces/n/configmaps/a", """{"metadata":{"finalizers":null}}""");

        await Server.UntilAsync("", "namespaces", "", "n", n => n is null, Patience);
    }

    [Fact]
    public async Task The_namespaces_of_the_cluster_stay()
    {
        Answer refused = await Api.DeleteAsync("api/v1/namespaces/default");

        Assert.Equal((403, "namespaces \"default\" is forbidden: this namespace may not be deleted"), (refused.Code, refused.Message));
    }

    private static JsonObject Held(string name)
    {
        JsonObject item = Api.ConfigMap(name);
        item["metadata"]!["finalizers"] = new JsonArray("example.com/hold");
        return item;
    }

    private static JsonObject Owned(string name, bool blocks, params Answer[] owners)
    {
        JsonObject item = Api.ConfigMap(name);
        item["metadata"]!["ownerReferences"] = new JsonArray([.. owners.Select(o => new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "ConfigMap",
            ["name"] = (string)o.Body!["metadata"]!["name"]!,
            ["uid"] = (string)o.Body["metadata"]!["uid"]!,
            ["blockOwnerDeletion"] = blocks,
        })]);
        return item;
    }

    [Fact]
    public async Task The_last_finalizer_takes_the_object_with_it_in_one_change()
    {
        JsonObject item = Api.ConfigMap("a");
        item["metadata"]!["finalizers"] = new JsonArray("example.com/hold");
        await Api.PostAsync(Maps, item);
        Answer marked = await Api.DeleteAsync(Maps + "/a");
        using WatchReader watch = await WatchReader.OpenAsync(Client, $"{Maps}?watch=1&resourceVersion={marked.Version}");
        Answer released = await Api.MergeAsync(Maps + "/a", """{"metadata":{"finalizers":null}}""");
        Assert.Null(released.Body!["metadata"]!["finalizers"]);
        WatchLine? gone = await watch.NextAsync();

        Assert.Equal(("DELETED", """["example.com/hold"]"""), (gone!.Type, gone.Object["metadata"]!["finalizers"]!.ToJsonString()));
        Assert.NotEqual(marked.Version, gone.Version);
    }

    [Fact]
    public async Task What_is_owned_by_a_kind_that_nobody_knows_stays()
    {
        static JsonObject Owned(string name, string kind)
        {
            JsonObject item = Api.ConfigMap(name);
            item["metadata"]!["ownerReferences"] = new JsonArray(new JsonObject { ["apiVersion"] = "v1", ["kind"] = kind, ["name"] = "x", ["uid"] = "00000000-0000-0000-0000-000000000000" });
            return item;
        }

        await Api.PostAsync(Maps, Owned("stays", "Unheard"));
        await Api.PostAsync(Maps, Owned("goes", "Secret"));
        await Server.UntilAsync("", "configmaps", "default", "goes", item => item is null, Patience);

        Assert.NotNull(Server.Get("", "ConfigMap", "default", "stays"));
    }

    [Fact]
    public async Task Namespaces_are_deleted_one_by_one()
    {
        await Server.ApplyAsync(JsonNode.Parse("""{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"aaa"}}""")!);
        Answer core = await Api.GetAsync("api/v1");

        Assert.Equal(405, (await Api.DeleteAsync("api/v1/namespaces")).Code);
        Assert.NotNull(Server.Get("", "Namespace", "", "aaa"));
        Assert.DoesNotContain("deletecollection", core.Body!["resources"]!.AsArray().Single(r => (string?)r!["name"] == "namespaces")!["verbs"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("deletecollection", core.Body["resources"]!.AsArray().Single(r => (string?)r!["name"] == "pods")!["verbs"]!.ToJsonString(), StringComparison.Ordinal);
    }
}
