using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeAgent.TestCluster.Api;

namespace NodeAgent.TestCluster.Serving;

/// <summary>What is no resource: discovery, version, health, OpenAPI.</summary>
internal sealed class SitePages(Discovery discovery, OpenApiPages openApi)
{
    /// <summary>Whether a path is shown to everyone.</summary>
    public bool IsOpen(string path) => path is "/version" or "/healthz" or "/livez" or "/readyz";

    public Task<ApiReply> AnswerAsync(ApiRequest request, HttpContext context)
    {
        if (context.Request.Method is not ("GET" or "HEAD"))
        {
            throw Refusals.MethodNotAllowed();
        }

        ApiReply? page = request.Path switch
        {
            "/healthz" or "/livez" or "/readyz" => ApiReply.Text("ok"),
            "/version" or "/version/" => ApiReply.Of(Version()),
            "/" => ApiReply.Of(new JsonObject { ["paths"] = new JsonArray("/api", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version") }),
            _ when request.Path.StartsWith("/livez/", StringComparison.Ordinal) || request.Path.StartsWith("/readyz/", StringComparison.Ordinal) => ApiReply.Text("ok"),
            _ when request.Path.StartsWith("/openapi/", StringComparison.Ordinal) => openApi.Answer(request.Path),
            _ => discovery.Answer(request.Path, context.Request.Headers.Accept.ToString()),
        };
        return Task.FromResult(page ?? throw Refusals.NoSuchResource());
    }

    private static JsonObject Version() => new()
    {
        ["major"] = "1",
        ["minor"] = "32",
        ["gitVersion"] = "v1.32.0",
        ["gitCommit"] = "0000000000000000000000000000000000000000",
        ["gitTreeState"] = "clean",
        ["buildDate"] = "2024-12-11T00:00:00Z",
        ["goVersion"] = "go1.23.3",
        ["compiler"] = "gc",
        ["platform"] = "linux/amd64",
    };
}
