using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

/// <summary>What versions, limits and continue tokens mean together.</summary>
public sealed class ListOptionTests : RunningServer
{
    private const string Maps = Api.ConfigMaps;

    [Fact]
    public async Task A_list_from_the_cache_is_whole_whatever_its_limit()
    {
        await CreateAsync("a", "b", "c");
        Answer list = await Api.GetAsync(Maps + "?limit=1&resourceVersion=0");

        Assert.Equal("a,b,c", Names(list));
        Assert.Null(list.Body!["metadata"]!["continue"]);
    }

    [Fact]
    public async Task A_limited_list_of_a_version_is_of_exactly_that_version()
    {
        await CreateAsync("a", "b");
        string version = (await Api.GetAsync(Maps)).Version;
        await CreateAsync("aa");

        Answer first = await Api.GetAsync($"{Maps}?limit=1&resourceVersion={version}");
        Answer second = await Api.GetAsync($"{Maps}?limit=1&continue={first.Body!["metadata"]!["continue"]}");
        Assert.Equal(("a", "b", version, version), (Names(first), Names(second), first.Version, second.Version));
        Assert.Equal("a,aa,b", Names(await Api.GetAsync($"{Maps}?limit=9&resourceVersion={version}&resourceVersionMatch=NotOlderThan")));
    }

    [Fact]
    public async Task Who_continues_too_late_is_told_how_to_go_on()
    {
        await CreateAsync("a", "b", "d");
        Answer first = await Api.GetAsync(Maps + "?limit=1");
        Server.Faults.ExpireHistory();
        await CreateAsync("aa", "c");
        Answer late = await Api.GetAsync($"{Maps}?limit=2&continue={first.Body!["metadata"]!["continue"]}");
        Assert.Equal((410, "Expired"), (late.Code, late.Reason));

        Answer rest = await Api.GetAsync($"{Maps}?limit=3&continue={late.Body!["metadata"]!["continue"]}");
        Assert.Equal("aa,b,c", Names(rest));
        Assert.Equal("d", Names(await Api.GetAsync($"{Maps}?limit=3&continue={rest.Body!["metadata"]!["continue"]}")));
    }

    [Theory]
    [InlineData("resourceVersionMatch=Exact", "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden unless resourceVersion is provided")]
    [InlineData("resourceVersion=0&resourceVersionMatch=Exact", "resourceVersionMatch: Forbidden: resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"")]
    [InlineData("resourceVersion=5&resourceVersionMatch=exact", "resourceVersionMatch: Unsupported value: \"exact\": supported values: \"\", \"Exact\", \"NotOlderThan\"")]
    [InlineData("sendInitialEvents=true", "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list")]
    [InlineData("watch=1&resourceVersion=5&resourceVersionMatch=NotOlderThan", "resourceVersionMatch: Forbidden: resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided")]
    [InlineData("watch=1&sendInitialEvents=true", "resourceVersionMatch: Forbidden: sendInitialEvents requires setting resourceVersionMatch to NotOlderThan")]
    public async Task Options_that_contradict_each_other_are_refused(string query, string why)
    {
        Answer refused = await Api.GetAsync($"{Maps}?{query}");

        Assert.Equal((422, $"ListOptions.meta.k8s.io \"\" is invalid: {why}"), (refused.Code, refused.Message));
    }

    [Fact]
    public async Task A_token_brings_its_own_version()
    {
        await CreateAsync("a", "b");
        Answer first = await Api.GetAsync(Maps + "?limit=1");
        string token = (string)first.Body!["metadata"]!["continue"]!;

        Assert.Equal("specifying resource version is not allowed when using continue", (await Api.GetAsync($"{Maps}?limit=1&continue={token}&resourceVersion={first.Version}")).Message);
        Assert.Equal("b", Names(await Api.GetAsync($"{Maps}?limit=1&continue={token}&resourceVersion=0")));
        Assert.Equal(422, (await Api.GetAsync($"{Maps}?limit=1&continue={token}&resourceVersion={first.Version}&resourceVersionMatch=Exact")).Code);
    }

    [Fact]
    public async Task A_watch_from_the_future_is_silent_until_then()
    {
        await CreateAsync("a");
        long now = long.Parse((await Api.GetAsync(Maps)).Version, System.Globalization.CultureInfo.InvariantCulture);
        using WatchReader watch = await WatchReader.OpenAsync(Client, $"{Maps}?watch=1&resourceVersion={now + 2}");
        await CreateAsync("b", "c", "d");

        Assert.Equal(["ADDED d"], await watch.NextAsync(1));
    }

    [Fact]
    public async Task Initial_events_of_a_version_that_is_not_yet_there_are_refused()
    {
        using WatchReader watch = await WatchReader.OpenAsync(Client, Maps + "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&resourceVersion=99999999");
        WatchLine? error = await watch.NextAsync();

        Assert.Equal(("ERROR", 504), (error!.Type, (int)error.Object["code"]!));
    }

    [Fact]
    public async Task Initial_events_can_be_declined()
    {
        await CreateAsync("a");
        using WatchReader watch = await WatchReader.OpenAsync(Client, Maps + "?watch=1&sendInitialEvents=false&resourceVersionMatch=NotOlderThan");
        await CreateAsync("b");

        Assert.Equal(["ADDED b"], await watch.NextAsync(1));
    }

    [Fact]
    public async Task An_object_of_a_version_that_is_not_yet_there_is_waited_for_in_vain()
    {
        await CreateAsync("a");
        string version = (await Api.GetAsync(Maps)).Version;

        Assert.Equal(200, (await Api.GetAsync($"{Maps}/a?resourceVersion={version}")).Code);
        Answer refused = await Api.GetAsync(Maps + "/a?resourceVersion=99999999");
        Assert.Equal((504, "Timeout", 1), (refused.Code, refused.Reason, (int)refused.Body!["details"]!["retryAfterSeconds"]!));
    }

    private static string Names(Answer list) => string.Join(',', list.Body!["items"]!.AsArray().Select(i => (string)i!["metadata"]!["name"]!));

    private async Task CreateAsync(params string[] names)
    {
        foreach (string name in names)
        {
            Assert.Equal(201, (await Api.PostAsync(Maps, Api.ConfigMap(name))).Code);
        }
    }
}
