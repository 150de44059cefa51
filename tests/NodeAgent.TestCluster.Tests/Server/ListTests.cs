using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

public sealed class ListTests : RunningServer
{
    private const string Maps = Api.ConfigMaps;

    [Theory]
    [InlineData("app=web", "a,b")]
    [InlineData("app==web,tier!=back", "a")]
    [InlineData("app in (web,db)", "a,b,c")]
    [InlineData("app notin (web)", "c,d")]
    [InlineData("tier", "a,b")]
    [InlineData("!tier", "c,d")]
    [InlineData("app,!tier", "c")]
    public async Task Labels_select(string selector, string names)
    {
        await CreateAsync("a", """{"app":"web","tier":"front"}""");
        await CreateAsync("b", """{"app":"web","tier":"back"}""");
        await CreateAsync("c", """{"app":"db"}""");
        await CreateAsync("d", "{}");

        Assert.Equal(names, Names(await Api.GetAsync($"{Maps}?labelSelector={Uri.EscapeDataString(selector)}")));
    }

    [Fact]
    public async Task Fields_select_where_the_kind_allows_it()
    {
        await CreateAsync("a", "{}");
        await CreateAsync("b", "{}");
        await Api.PostAsync("api/v1/namespaces/default/secrets", JsonNode.Parse("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s"},"type":"example.com/x"}""")!);
        await Api.PostAsync("api/v1/namespaces/default/secrets", JsonNode.Parse("""{"apiVersion":"v1","kind":"Secret","metadata":{"name":"t"}}""")!);

        Assert.Equal("b", Names(await Api.GetAsync(Maps + "?fieldSelector=metadata.name=b")));
        Assert.Equal("a", Names(await Api.GetAsync(Maps + "?fieldSelector=metadata.name!=b")));
        Assert.Equal("s", Names(await Api.GetAsync("api/v1/secrets?fieldSelector=type%3Dexample.com%2Fx")));
        Answer refused = await Api.GetAsync(Maps + "?fieldSelector=data.x=b");
        Assert.Equal(400, refused.Code);
        Assert.EndsWith("field label not supported: data.x", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Chunks_are_of_one_state()
    {
        foreach (string name in new[] { "a", "b", "c", "d", "e" })
        {
            await CreateAsync(name, "{}");
        }

        Answer first = await Api.GetAsync(Maps + "?limit=2");
        await Api.DeleteAsync(Maps + "/c");
        await CreateAsync("dd", "{}");
        Answer second = await Api.GetAsync($"{Maps}?limit=2&continue={first.Body!["metadata"]!["continue"]}");
        Answer third = await Api.GetAsync($"{Maps}?limit=2&continue={second.Body!["metadata"]!["continue"]}");

        Assert.Equal(("a,b", "c,d", "e"), (Names(first), Names(second), Names(third)));
        Assert.Equal(3, (int)first.Body["metadata"]!["remainingItemCount"]!);
        Assert.Equal(first.Version, third.Version);
        Assert.Null(third.Body!["metadata"]!["continue"]);
    }

    [Fact]
    public async Task A_chunk_of_a_forgotten_state_is_gone()
    {
        await CreateAsync("a", "{}");
        await CreateAsync("b", "{}");
        Answer first = await Api.GetAsync(Maps + "?limit=1");
        Server.Faults.ExpireHistory();
        Answer second = await Api.GetAsync($"{Maps}?limit=1&continue={first.Body!["metadata"]!["continue"]}");

        Assert.Equal((410, "Expired"), (second.Code, second.Reason));
        Assert.Equal(400, (await Api.GetAsync(Maps + "?continue=nonsense")).Code);
    }

    [Fact]
    public async Task A_list_can_be_of_an_exact_version()
    {
        await CreateAsync("a", "{}");
        string version = (await Api.GetAsync(Maps)).Version;
        await CreateAsync("b", "{}");
        await Api.DeleteAsync(Maps + "/a");

        Assert.Equal("a", Names(await Api.GetAsync($"{Maps}?resourceVersion={version}&resourceVersionMatch=Exact")));
        Assert.Equal("b", Names(await Api.GetAsync($"{Maps}?resourceVersion={version}&resourceVersionMatch=NotOlderThan")));
        Assert.Equal(504, (await Api.GetAsync($"{Maps}?resourceVersion=99999999")).Code);
    }

    [Fact]
    public async Task A_list_is_shown_as_a_table_or_as_metadata()
    {
        await CreateAsync("a", "{}");
        Answer table = await Api.GetAsync(Maps, "application/json;as=Table;v=v1;g=meta.k8s.io,application/json");
        Answer partial = await Api.GetAsync(Maps, "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1");

        Assert.Equal("Table", (string?)table.Body!["kind"]);
        Assert.Equal("a", (string?)table.Body["rows"]![0]!["cells"]![0]);
        Assert.Equal("PartialObjectMetadata", (string?)table.Body["rows"]![0]!["object"]!["kind"]);
        Assert.Equal("PartialObjectMetadataList", (string?)partial.Body!["kind"]);
        Assert.Equal("a", (string?)partial.Body["items"]![0]!["metadata"]!["name"]);
        Assert.Null(partial.Body["items"]![0]!["data"]);
    }

    [Fact]
    public async Task A_collection_is_deleted_by_selector()
    {
        await CreateAsync("a", """{"app":"web"}""");
        await CreateAsync("b", """{"app":"db"}""");
        await Api.DeleteAsync(Maps + "?labelSelector=app=web");

        Assert.Equal("b", Names(await Api.GetAsync(Maps)));
    }

    private static string Names(Answer list) => string.Join(',', list.Body!["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!));

    private Task<Answer> CreateAsync(string name, string labels)
    {
        JsonObject item = Api.ConfigMap(name);
        item["metadata"]!["labels"] = JsonNode.Parse(labels);
        return Api.PostAsync(Maps, item);
    }
}
