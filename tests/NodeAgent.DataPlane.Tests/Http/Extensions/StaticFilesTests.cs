using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using NodeAgent.DataPlane.Tests.Http.EndToEnd;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.Extensions;

public sealed class StaticFilesTests
{
    private static readonly StaticFilesResource Site = new(
        "ns",
        "site",
        "index.html",
        "max-age=60",
        null,
        [File("docs/index.html", "<docs>"), File("index.html", "<home>"), File("data.bin", "0123456789"), File("a.x", "custom"), File("ü.txt", "uml")],
        [new ExtensionContentType(".x", "application/x-custom")]);

    [Theory]
    [InlineData("/", 200, "text/html; charset=utf-8", "<home>")]
    [InlineData("/index.html", 200, "text/html; charset=utf-8", "<home>")]
    [InlineData("/docs/?q", 200, "text/html; charset=utf-8", "<docs>")]
    [InlineData("/a.x", 200, "application/x-custom", "custom")]
    [InlineData("/data.bin", 200, "application/octet-stream", "0123456789")]
    [InlineData("/%C3%BC.txt", 200, "text/plain; charset=utf-8", "uml")]
    [InlineData("/nothing", 404, null, "")]
    [InlineData("/nothing/", 404, null, "")]
    [InlineData("/docs%2Findex.html", 404, null, "")]
    public async Task Files_of_the_snapshot_are_served_by_their_paths(string target, int status, string? type, string body)
    {
        await using HttpRig rig = await StartAsync(Site);
        RawResponse answer = await rig.GetAsync(target);
        Assert.Equal((status, type, body), (answer.Status, answer.Header("Content-Type"), answer.Body));
        Assert.Equal(status == 200 ? "max-age=60" : null, answer.Header("Cache-Control"));
        RawResponse head = await rig.AskAsync($"HEAD {target} HTTP/1.1\r\nHost: h\r\n\r\n");
        Assert.Equal((status, $"{body.Length}"), (head.Status, head.Header("Content-Length")));
    }

    [Fact]
    public async Task A_folder_without_its_slash_is_redirected_and_never_to_another_host()
    {
        await using HttpRig rig = await StartAsync(Site);
        RawResponse answer = await rig.GetAsync("/docs?x=1");
        Assert.Equal((301, "/docs/?x=1"), (answer.Status, answer.Header("Location")));
        Assert.Equal("/docs/", (await rig.GetAsync("//docs")).Header("Location"));
    }

    [Fact]
    public async Task Other_methods_are_refused()
    {
        await using HttpRig rig = await StartAsync(Site);
        RawResponse answer = await rig.AskAsync("POST / HTTP/1.1\r\nHost: h\r\nContent-Length: 0\r\n\r\n");
        Assert.Equal((405, "GET, HEAD"), (answer.Status, answer.Header("Allow")));
    }

    [Fact]
    public async Task What_the_client_has_is_not_sent_again()
    {
        await using HttpRig rig = await StartAsync(Site);
        string tag = (await rig.GetAsync("/data.bin")).Header("ETag")!;
        foreach (string condition in (string[])[tag, $"W/{tag}", $"\"other\", {tag}", "*"])
        {
            RawResponse unchanged = await rig.GetAsync("/data.bin", headers: $"If-None-Match: {condition}\r\n");
            Assert.Equal((304, tag, null), (unchanged.Status, unchanged.Header("ETag"), unchanged.Header("Content-Type")));
        }

        Assert.Equal(200, (await rig.GetAsync("/data.bin", headers: "If-None-Match: \"other\"\r\n")).Status);
        await rig.ApplyAsync(Setup(Site with { Files = [File("data.bin", "changed")] }));
        RawResponse changed = await rig.GetAsync("/data.bin", headers: $"If-None-Match: {tag}\r\n");
        Assert.Equal((200, "changed"), (changed.Status, changed.Body));
    }

    [Fact]
    public async Task Parts_can_be_had()
    {
        await using HttpRig rig = await StartAsync(Site);
        string tag = (await rig.GetAsync("/data.bin")).Header("ETag")!;
        RawResponse part = await rig.GetAsync("/data.bin", headers: $"Range: bytes=2-4\r\nIf-Range: {tag}\r\n");
        Assert.Equal((206, "bytes 2-4/10", "3", "234"), (part.Status, part.Header("Content-Range"), part.Header("Content-Length"), part.Body));
        RawResponse outside = await rig.GetAsync("/data.bin", headers: "Range: bytes=10-\r\n");
        Assert.Equal((416, "bytes */10", ""), (outside.Status, outside.Header("Content-Range"), outside.Body));
        foreach (string headers in (string[])["Range: bytes=0-1,3-4\r\n", "Range: bytes=2-4\r\nIf-Range: \"other\"\r\n", $"Range: bytes=2-4\r\nIf-Range: W/{tag}\r\n"])
        {
            RawResponse whole = await rig.GetAsync("/data.bin", headers: headers);
            Assert.Equal((200, "0123456789"), (whole.Status, whole.Body));
        }
    }

    [Fact]
    public async Task Rewrites_header_edits_and_compression_hold_for_files()
    {
        string large = string.Concat(Enumerable.Repeat("a line of text\n", 20_000));
        var filters = new HttpFilters(
            ResponseHeaders: new HeaderEdits([new HeaderValue("X-Rule", "1")], [], []),
            Rewrite: new RewriteFilter(null, new PathEdit(PathEditType.ReplacePrefix, "/docs")))
        {
            Extensions = [new CompressionFilter("ns/c", ["gzip"], 10, ["text/*"])],
        };
        StaticFilesResource site = Site with { Files = [File("docs/large.txt", large)] };
        await using HttpRig rig = await HttpRig.StartAsync(
            new GatewaySetup { Files = [site] }.Rule(filters, [new BackendShare(1, site.Id)], Routes.Prefix("/static")));
        RawResponse plain = await rig.GetAsync("/static/large.txt");
        Assert.Equal((200, "1", large), (plain.Status, plain.Header("X-Rule"), plain.Body));
        RawResponse compressed = await rig.GetAsync("/static/large.txt", headers: "Accept-Encoding: gzip\r\n");
        Assert.Equal((200, "gzip", $"W/{plain.Header("ETag")}"), (compressed.Status, compressed.Header("Content-Encoding"), compressed.Header("ETag")));
        using var bytes = new MemoryStream(Encoding.Latin1.GetBytes(compressed.Body));
        using var text = new System.IO.Compression.GZipStream(bytes, System.IO.Compression.CompressionMode.Decompress);
        Assert.Equal(large, await new StreamReader(text).ReadToEndAsync());
        RawResponse part = await rig.GetAsync("/static/large.txt", headers: "Accept-Encoding: gzip\r\nRange: bytes=2-5\r\n");
        Assert.Equal((206, null, "line"), (part.Status, part.Header("Content-Encoding"), part.Body));
    }

    [Fact]
    public async Task Without_an_index_a_folder_is_not_found()
    {
        await using HttpRig rig = await StartAsync(Site with { Index = null });
        Assert.Equal(404, (await rig.GetAsync("/")).Status);
        Assert.Equal(404, (await rig.GetAsync("/docs")).Status);
        Assert.Equal(200, (await rig.GetAsync("/docs/index.html")).Status);
    }

    internal static GatewaySetup Setup(StaticFilesResource site) =>
        new GatewaySetup { Files = [site] }.Rule(null, [new BackendShare(1, site.Id)], Routes.Prefix("/"));

    private static Task<HttpRig> StartAsync(StaticFilesResource site) => HttpRig.StartAsync(Setup(site));

    private static StaticFile File(string path, string text) => new(path, Encoding.UTF8.GetBytes(text));
}
