using System.Globalization;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

public sealed class WatchTests : RunningServer
{
    private const string Maps = Api.ConfigMaps;

    private protected override TestApiServerOptions Options { get; } = new() { Https = false, BookmarkInterval = TimeSpan.FromMilliseconds(50), WatchHistory = 20 };

    [Fact]
    public async Task A_watch_tells_each_change_from_its_version_on()
    {
        Answer first = await Api.PostAsync(Maps, Api.ConfigMap("a"));
        using WatchReader watch = await WatchReader.OpenAsync(Client, $"{Maps}?watch=true&resourceVersion={first.Version}");
        await Api.PostAsync(Maps, Api.ConfigMap("b"));
        await Api.MergeAsync(Maps + "/a", """{"data":{"x":"1"}}""");
        await Api.DeleteAsync(Maps + "/b");

        Assert.Equal(["ADDED b", "MODIFIED a", "DELETED b"], await watch.NextAsync(3));
    }

    [Fact]
    public async Task A_watch_without_version_begins_with_all_there_is()
    {
        await Api.PostAsync(Maps, Api.ConfigMap("b"));
        await Api.PostAsync(Maps, Api.ConfigMap("a"));
        using WatchReader watch = await WatchReader.OpenAsync(Client, Maps + "?watch=1&resourceVersion=0");
        Assert.Equal(["ADDED a", "ADDED b"], await watch.NextAsync(2));
        await Api.DeleteAsync(Maps + "/a");

        Assert.Equal(["DELETED a"], await watch.NextAsync(1));
    }

    [Fact]
    public async Task The_end_of_what_was_there_is_marked_when_asked_for()
    {
        await Api.PostAsync(Maps, Api.ConfigMap("a"));
        using WatchReader watch = await WatchReader.OpenAsync(Client, Maps + "?watch=1&sendInitialEvents=true&allowWatchBookmarks=true&resourceVersionMatch=NotOlderThan&resourceVersion=");
        Assert.Equal(["ADDED a"], await watch.NextAsync(1));
        WatchLine? mark = await watch.NextAsync();

        Assert.Equal("BOOKMARK", mark!.Type);
        Assert.Equal("true", (string?)mark.Object["metadata"]!["annotations"]!["k8s.io/initial-events-end"]);
        Assert.Equal(422, (await Api.GetAsync(Maps + "?watch=1&sendInitialEvents=true")).Code);
    }

    [Fact]
    public async Task Bookmarks_move_on_with_other_kinds()
    {
        using WatchReader watch = await WatchReader.OpenAsync(Client, $"{Maps}?watch=1&allowWatchBookmarks=true&resourceVersion={(await Api.GetAsync(Maps)).Version}");
        Answer other = await Api.PostAsync(Api.Deployments, Api.Deployment("d"));
        WatchLine? mark = await watch.NextAsync();
        while (mark is { Type: "BOOKMARK" } && long.Parse(mark.Version, CultureInfo.InvariantCulture) < long.Parse(other.Version, CultureInfo.InvariantCulture))
        {
            mark = await watch.NextAsync();
        }

        Assert.Equal("BOOKMARK", mark!.Type);
        Assert.Equal("ConfigMap", (string?)mark.Object["kind"]);
    }

    [Fact]
    public async Task An_object_that_leaves_the_selection_is_deleted_and_added_when_it_comes_back()
    {
        using WatchReader watch = await WatchReader.OpenAsync(Client, Maps + "?watch=1&labelSelector=on%3Dyes");
        await Api.PostAsync(Maps, Api.ConfigMap("a"));
        await Api.MergeAsync(Maps + "/a", """{"metadata":{"labels":{"on":"yes"}}}""");
        await Api.MergeAsync(Maps + "/a", """{"data":{"x":"1"}}""");
        Answer left = await Api.MergeAsync(Maps + "/a", """{"metadata":{"labels":{"on":"no"}}}""");
        await Api.MergeAsync(Maps + "/a", """{"data":{"x":"2"}}""");
        await Api.MergeAsync(Maps + "/a", """{"metadata":{"labels":{"on":"yes"}}}""");

        Assert.Equal(["ADDED a", "MODIFIED a"], await watch.NextAsync(2));
        WatchLine? gone = await watch.NextAsync();
        Assert.Equal(("DELETED", left.Version, "yes"), (gone!.Type, gone.Version, (string?)gone.Object["metadata"]!["labels"]!["on"]));
        Assert.Equal(["ADDED a"], await watch.NextAsync(1));
    }

    [Fact]
    public async Task A_watch_of_one_object_tells_of_it_alone()
    {
        using WatchReader watch = await WatchReader.OpenAsync(Client, Maps + "?watch=1&fieldSelector=metadata.name%3Db");
        await Api.PostAsync(Maps, Api.ConfigMap("a"));
        await Api.PostAsync(Maps, Api.ConfigMap("b"));

        Assert.Equal(["ADDED b"], await watch.NextAsync(1));
    }

    [Fact]
    public async Task A_version_that_is_forgotten_is_gone()
    {
        Answer first = await Api.PostAsync(Maps, Api.ConfigMap("a"));
        for (int i = 0; i < 21; i++)
        {
            await Api.MergeAsync(Maps + "/a", $$$"""{"data":{"x":"{{{i}}}"}}""");
        }

        using WatchReader watch = await WatchReader.OpenAsync(Client, $"{Maps}?watch=1&resourceVersion={first.Version}");
        WatchLine? error = await watch.NextAsync();

        Assert.Equal("ERROR", error!.Type);
        Assert.Equal(410, (int)error.Object["code"]!);
        Assert.Equal("Expired", (string?)error.Object["reason"]);
        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task A_watch_ends_when_its_time_is_over()
    {
        using WatchReader watch = await WatchReader.OpenAsync(Client, Maps + "?watch=1&timeoutSeconds=1");

        Assert.Null(await watch.NextAsync());
    }

    [Fact]
    public async Task A_watch_can_show_rows_and_metadata()
    {
        using WatchReader rows = await WatchReader.OpenAsync(Client, Maps + "?watch=1", "application/json;as=Table;v=v1;g=meta.k8s.io");
        using WatchReader metadata = await WatchReader.OpenAsync(Client, Maps + "?watch=1", "application/json;as=PartialObjectMetadata;v=v1;g=meta.k8s.io");
        await Api.PostAsync(Maps, Api.ConfigMap("a", ("x", "1")));

        WatchLine? row = await rows.NextAsync();
        Assert.Equal(("ADDED", "Table", "a"), (row!.Type, (string?)row.Object["kind"], (string?)row.Object["rows"]![0]!["cells"]![0]));
        WatchLine? meta = await metadata.NextAsync();
        Assert.Equal(("PartialObjectMetadata", "a"), ((string?)meta!.Object["kind"], meta.Name));
        Assert.Null(meta.Object["data"]);
    }

    [Fact]
    public async Task A_watch_of_a_kind_that_is_removed_ends_with_an_error()
    {
        await Server.InstallCrdsAsync(DefinitionRequestTests.Definition);
        using WatchReader watch = await WatchReader.OpenAsync(Client, "apis/example.com/v1/things?watch=1");
        await Server.DeleteAsync("apiextensions.k8s.io", "customresourcedefinitions", "", "things.example.com");

        Assert.Equal("ERROR", (await watch.NextAsync())!.Type);
        Assert.Null(await watch.NextAsync());
    }
}
