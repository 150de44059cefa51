using System.IO.Compression;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Server;

/// <summary>Bodies of requests and answers that are not as usual.</summary>
public sealed class BodyTests : RunningServer
{
    private const string Maps = Api.ConfigMaps;

    private bool broken;

    private protected override TestApiServerOptions Options => new()
    {
        Https = false,
        Authorize = _ => broken ? throw new IOException("the disk is on fire") : true,
    };

    [Fact]
    public async Task What_goes_wrong_inside_is_an_internal_error()
    {
        broken = true;
        Answer answer = await Api.GetAsync(Maps);

        Assert.Equal((500, "InternalError"), (answer.Code, answer.Reason));
        Assert.Contains("the disk is on fire", answer.Message, StringComparison.Ordinal);
        Assert.Equal(500, Server.Requests.All[^1].Code);
    }

    [Theory]
    [InlineData("application/json", "")]
    [InlineData("application/json", "{")]
    [InlineData("application/json", "[]")]
    [InlineData("application/json", "{\"metadata\":{\"name\":\"\\ud800\"}}")]
    [InlineData("application/json", "{\"metadata\":{\"name\":\"a\u00ff\"}}")]
    [InlineData("application/yaml", "? [x]\n: 1\n")]
    [InlineData("application/yaml", "a: &a [*a]\n")]
    [InlineData("application/yaml", "{a: b")]
    public async Task What_cannot_be_read_is_a_bad_request(string type, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Maps) { Content = new ByteArrayContent(System.Text.Encoding.Latin1.GetBytes(body)) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(type);
        using HttpResponseMessage response = await Client.SendAsync(request);
        JsonNode status = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;

        Assert.Equal((400, "BadRequest"), ((int)response.StatusCode, (string?)status["reason"]));
    }

    [Theory]
    [InlineData("""{"propagationPolicy":"Bogus"}""", 422)]
    [InlineData("""{"propagationPolicy":"Orphan","orphanDependents":true}""", 422)]
    [InlineData("""{"kind":"Pod","apiVersion":"v1"}""", 400)]
    [InlineData("[]", 400)]
    public async Task Options_of_a_delete_are_checked_before_anything_is_deleted(string options, int code)
    {
        await Api.PostAsync(Maps, Api.ConfigMap("a"));

        Assert.Equal(code, (await Api.DeleteAsync(Maps + "/a", options)).Code);
        Assert.Equal(415, (await Api.SendAsync(HttpMethod.Delete, Maps + "/a", "x", "text/plain")).Code);
        Assert.Equal(200, (await Api.GetAsync(Maps + "/a")).Code);
    }

    [Fact]
    public async Task Long_answers_are_compressed_for_who_takes_that()
    {
        await Api.PostAsync(Maps, Api.ConfigMap("long", ("x", new string('x', 200_000))));
        await Api.PostAsync(Maps, Api.ConfigMap("short"));
        using HttpResponseMessage compressed = await GetAsync(Maps, "gzip");
        using var unpacked = new GZipStream(await compressed.Content.ReadAsStreamAsync(), CompressionMode.Decompress);

        Assert.Equal(["gzip"], compressed.Content.Headers.ContentEncoding);
        Assert.Equal(2, (await JsonNode.ParseAsync(unpacked))!["items"]!.AsArray().Count);
        using HttpResponseMessage plain = await GetAsync(Maps, "deflate");
        using HttpResponseMessage little = await GetAsync(Maps + "/short", "gzip");
        Assert.Empty(plain.Content.Headers.ContentEncoding);
        Assert.Empty(little.Content.Headers.ContentEncoding);
    }

    private Task<HttpResponseMessage> GetAsync(string path, string encoding)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        request.Headers.AcceptEncoding.ParseAdd(encoding);
        return Client.SendAsync(request);
    }

    [Theory]
    [InlineData(Maps, """{"metadata":{"name":"a"},"data":{"x":1}}""", "data.x")]
    [InlineData(Maps, """{"metadata":{"name":"a","labels":{"x":1}}}""", "metadata.labels.x")]
    [InlineData("apis/coordination.k8s.io/v1/namespaces/default/leases", """{"metadata":{"name":"a"},"spec":{"renewTime":"2026-01-01T00:00:00Z"}}""", "spec.renewTime")]
    [InlineData("apis/example.com/v1/namespaces/default/things", """{"metadata":{"name":"a","labels":{"x":1}}}""", "metadata.labels.x")]
    public async Task Fields_of_the_wrong_type_cannot_be_read(string path, string body, string field)
    {
        await Server.InstallCrdsAsync(DefinitionRequestTests.Definition);
        Answer refused = await Api.PostAsync(path, JsonNode.Parse(body)!);

        Assert.Equal((400, "BadRequest"), (refused.Code, refused.Reason));
        Assert.Contains(field, refused.Message, StringComparison.Ordinal);
        Answer custom = await Api.PostAsync("apis/example.com/v1/namespaces/default/things", JsonNode.Parse("""{"metadata":{"name":"a"},"spec":{"size":"x"}}""")!);
        Assert.Equal((422, "Invalid"), (custom.Code, custom.Reason));
    }
}
