using System.Globalization;
using NodeAgent.DataPlane.Tests.Http.EndToEnd;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.Extensions;

public sealed class StaticFolderTests : IDisposable
{
    private readonly string _top = Directory.CreateTempSubdirectory("static-").FullName;

    public StaticFolderTests()
    {
        Directory.CreateDirectory(Path.Combine(Root, "site", "docs"));
        Directory.CreateDirectory(Path.Combine(Root, "site", ".git"));
        Directory.CreateDirectory(Path.Combine(Root, "other"));
        Write("root/site/index.html", "<home>");
        Write("root/site/docs/index.html", "<docs>");
        Write("root/site/.git/config", "secret");
        Write("root/other/secret.txt", "secret");
        Write("secret.txt", "secret");
    }

    private string Root => Path.Combine(_top, "root");

    private StaticFilesResource Site => new("ns", "site", "index.html", null, Path.Combine(Root, "site"), [], []);

    [Fact]
    public async Task Files_of_the_folder_are_served_as_they_are_now()
    {
        await using HttpRig rig = await StartAsync();
        RawResponse home = await rig.GetAsync("/");
        Assert.Equal((200, "<home>", "text/html; charset=utf-8"), (home.Status, home.Body, home.Header("Content-Type")));
        Assert.Equal("<docs>", (await rig.GetAsync("/docs/")).Body);
        Assert.Equal("/docs/", (await rig.GetAsync("/docs")).Header("Location"));
        Assert.Equal(404, (await rig.GetAsync("/index.html/")).Status);
        Write("root/site/index.html", "<other home>");
        Write("root/site/new.txt", "new");
        Assert.Equal("<other home>", (await rig.GetAsync("/")).Body);
        Assert.Equal("new", (await rig.GetAsync("/new.txt")).Body);
    }

    [Fact]
    public async Task Dates_tell_whether_a_file_changed()
    {
        string file = Path.Combine(Root, "site", "index.html");
        File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 2, 3, 4, 5, 678, DateTimeKind.Utc));
        await using HttpRig rig = await StartAsync();
        const string date = "Fri, 02 Jan 2026 03:04:05 GMT";
        RawResponse home = await rig.GetAsync("/");
        Assert.Equal(date, home.Header("Last-Modified"));
        Assert.Equal(304, (await rig.GetAsync("/", headers: $"If-Modified-Since: {date}\r\n")).Status);
        Assert.Equal(200, (await rig.GetAsync("/", headers: "If-Modified-Since: Fri, 02 Jan 2026 03:04:04 GMT\r\n")).Status);
        Assert.Equal(304, (await rig.GetAsync("/", headers: $"If-None-Match: {home.Header("ETag")}\r\n")).Status);
        Assert.Equal(206, (await rig.GetAsync("/", headers: $"Range: bytes=0-1\r\nIf-Range: {date}\r\n")).Status);
        File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 2, 3, 4, 6, DateTimeKind.Utc));
        Assert.Equal(200, (await rig.GetAsync("/", headers: $"If-None-Match: {home.Header("ETag")}\r\n")).Status);
    }

    [Fact]
    public async Task No_name_leads_out_of_the_folder()
    {
        string site = Path.Combine(Root, "site");
        File.CreateSymbolicLink(Path.Combine(site, "inside.html"), "docs/index.html");
        File.CreateSymbolicLink(Path.Combine(site, "up.txt"), "../other/secret.txt");
        File.CreateSymbolicLink(Path.Combine(site, "far.txt"), Path.Combine(_top, "secret.txt"));
        Directory.CreateSymbolicLink(Path.Combine(site, "other"), "../other");
        await using HttpRig rig = await StartAsync();
        Assert.Equal("<docs>", (await rig.GetAsync("/inside.html")).Body);
        foreach (string target in (string[])["/up.txt", "/far.txt", "/other/secret.txt", "/../other/secret.txt", "/%2e%2e/other/secret.txt",
            "/..%2fother%2fsecret.txt", "/docs/../../other/secret.txt", "/.git/config", "/docs/%00"])
        {
            RawResponse answer = await rig.GetAsync(target);
            Assert.True(answer.Status is 404 or 400, $"{target} got {answer.Status}");
            Assert.Equal("", answer.Body);
        }
    }

    [Fact]
    public async Task A_folder_that_the_operator_does_not_allow_is_not_served()
    {
        await using HttpRig rig = await HttpRig.StartAsync(
            StaticFilesTests.Setup(Site), HttpRig.Patient with { StaticRoots = [Path.Combine(Root, "other"), Path.Combine(Root, "sit")] });
        Assert.Equal(500, (await rig.GetAsync("/")).Status);
        Assert.Equal("static_root_not_allowed", Assert.Single(await rig.StopAndReadLogAsync()).Reason);
    }

    [Fact]
    public async Task A_link_does_not_make_a_folder_allowed()
    {
        Directory.CreateSymbolicLink(Path.Combine(Root, "site", "out"), Path.Combine(Root, "other"));
        await using HttpRig rig = await HttpRig.StartAsync(
            StaticFilesTests.Setup(Site with { Folder = Path.Combine(Root, "site", "out") }),
            HttpRig.Patient with { StaticRoots = [Path.Combine(Root, "site")] });
        Assert.Equal(404, (await rig.GetAsync("/secret.txt")).Status);
    }

    [Fact]
    public async Task A_large_file_arrives_whole_also_at_a_client_that_reads_late()
    {
        byte[] bytes = new byte[5_000_000];
        new Random(17).NextBytes(bytes);
        await File.WriteAllBytesAsync(Path.Combine(Root, "site", "large.bin"), bytes);
        await using HttpRig rig = await StartAsync();
        using RawClient client = await RawClient.ConnectAsync(rig.EndPoint, receiveBuffer: 8 * 1024);
        await client.SendAsync("GET /large.bin HTTP/1.1\r\nHost: h\r\n\r\n");

        // Another request is served while this one waits for its client.
        Assert.Equal("<home>", (await rig.GetAsync("/")).Body);
        RawResponse answer = await client.ReadResponseAsync();
        Assert.Equal(bytes.Length.ToString(CultureInfo.InvariantCulture), answer.Header("Content-Length"));
        Assert.True(System.Text.Encoding.Latin1.GetBytes(answer.Body).AsSpan().SequenceEqual(bytes));
        await client.SendAsync("GET /large.bin HTTP/1.1\r\nHost: h\r\nRange: bytes=4999990-\r\n\r\n");
        Assert.Equal(10, (await client.ReadResponseAsync()).Body.Length);
    }

    public void Dispose() => Directory.Delete(_top, recursive: true);

    private Task<HttpRig> StartAsync() => HttpRig.StartAsync(StaticFilesTests.Setup(Site), HttpRig.Patient with { StaticRoots = [Root] });

    private void Write(string path, string text) => File.WriteAllText(Path.Combine(_top, path), text);
}
