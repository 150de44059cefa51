using System.Net;
using System.Net.Http.Headers;
using System.Text;
using NodeAgent.Echo;

namespace NodeAgent.Node.Tests.Node;

/// <summary>HTTPFilter, HTTPMatch and StaticFiles in a folder of manifests, with real traffic.</summary>
public sealed class HttpExtensionTests : IDisposable
{
    private const string Objects = """
        apiVersion: nodeagent.dev/v1alpha1
        kind: HTTPFilter
        metadata: {name: users, namespace: default}
        spec: {basicAuth: {secretRef: {name: users}, realm: Members}}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: users, namespace: default}
        stringData: {username: amy, password: secret}
        ---
        apiVersion: nodeagent.dev/v1alpha1
        kind: HTTPFilter
        metadata: {name: two-an-hour, namespace: default}
        spec: {rateLimit: {requests: 2, unit: Hour, key: {type: ClientIP}}}
        ---
        apiVersion: nodeagent.dev/v1alpha1
        kind: HTTPFilter
        metadata: {name: teapot, namespace: default}
        spec: {directResponse: {status: 418, body: short and stout}}
        ---
        apiVersion: nodeagent.dev/v1alpha1
        kind: HTTPMatch
        metadata: {name: testers, namespace: default}
        spec:
          sourceRanges: [127.0.0.0/8]
          cookies: [{name: beta, value: "yes"}]
        ---
        apiVersion: nodeagent.dev/v1alpha1
        kind: StaticFiles
        metadata: {name: site, namespace: default}
        spec: {configMap: {name: site}}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: site, namespace: default}
        data: {index.html: <h1>hello</h1>}
        """;

    private readonly Manifests _manifests = new();
    private readonly string _root = Directory.CreateTempSubdirectory("static-root-").FullName;

    public void Dispose()
    {
        _manifests.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    [Fact]
    public async Task A_folder_of_manifests_with_all_three_kinds_is_served()
    {
        await using EchoServer echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("app"));
        await File.WriteAllTextAsync(Path.Combine(_root, "page.txt"), "from the node");
        _manifests.Write("objects.yaml", Objects, $$"""
            apiVersion: nodeagent.dev/v1alpha1
            kind: StaticFiles
            metadata: {name: node-folder, namespace: default}
            spec:
              folder:
                path: {{_root}}
            """);
        _manifests.Write("gateway.yaml", Manifests.Gateway("gw", ["http/HTTP/8080"]), Manifests.Service("app", echo.Http[0]));
        _manifests.Write("route.yaml", """
            apiVersion: gateway.networking.k8s.io/v1
            kind: HTTPRoute
            metadata: {name: app, namespace: default}
            spec:
              parentRefs: [{name: gw}]
              rules:
                - filters:
                    - {type: ExtensionRef, extensionRef: {group: nodeagent.dev, kind: HTTPMatch, name: testers}}
                    - {type: ExtensionRef, extensionRef: {group: nodeagent.dev, kind: HTTPFilter, name: teapot}}
                - backendRefs: [{name: app, port: 80}]
                - matches: [{path: {value: /members}}]
                  filters: [{type: ExtensionRef, extensionRef: {group: nodeagent.dev, kind: HTTPFilter, name: users}}]
                  backendRefs: [{name: app, port: 80}]
                - matches: [{path: {value: /limited}}]
                  filters: [{type: ExtensionRef, extensionRef: {group: nodeagent.dev, kind: HTTPFilter, name: two-an-hour}}]
                  backendRefs: [{name: app, port: 80}]
                - matches: [{path: {value: /site}}]
                  filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]
                  backendRefs: [{group: nodeagent.dev, kind: StaticFiles, name: site}]
                - matches: [{path: {value: /node}}]
                  filters: [{type: URLRewrite, urlRewrite: {path: {type: ReplacePrefixMatch, replacePrefixMatch: /}}}]
                  backendRefs: [{group: nodeagent.dev, kind: StaticFiles, name: node-folder}]
                - matches: [{path: {value: /missing}}]
                  filters: [{type: ExtensionRef, extensionRef: {group: nodeagent.dev, kind: HTTPFilter, name: missing}}]
                  backendRefs: [{name: app, port: 80}]
            """);
        await using NodeProcess node = await NodeProcess.StartAsync(_manifests, more: ["--static-root", _root]);
        string address = await node.AddressAsync("gw");
        using var client = new HttpClient { BaseAddress = new Uri($"http://{address}:8080"), Timeout = Client.Patience };

        Assert.Equal((200, false), await AskAsync(client, "/", "short and stout"));
        Assert.Equal((418, true), await AskAsync(client, "/", "short and stout", r => r.Headers.Add("Cookie", "a=b; beta=yes")));
        Assert.Equal((401, true), await AskAsync(client, "/members", ""));
        Assert.Equal((200, true), await AskAsync(client, "/members", "\"pod\":\"app\"", r => r.Headers.Authorization =
            new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes("amy:secret")))));
        Assert.Equal((200, true), await AskAsync(client, "/limited", "app"));
        Assert.Equal((200, true), await AskAsync(client, "/limited", "app"));
        Assert.Equal((429, true), await AskAsync(client, "/limited", ""));
        Assert.Equal((200, true), await AskAsync(client, "/site/", "<h1>hello</h1>"));
        Assert.Equal((200, true), await AskAsync(client, "/node/page.txt", "from the node"));
        Assert.Equal((500, true), await AskAsync(client, "/missing", ""));

        // An edit of what is only referred to arrives as well.
        _manifests.Write("objects.yaml", Objects.Replace("hello", "goodbye", StringComparison.Ordinal));
        await node.UntilAsync("the page is the new one", async () => await AskAsync(client, "/site/", "<h1>goodbye</h1>") == (200, true));
        await node.UntilAsync("the folder is gone", async () => (await AskAsync(client, "/node/page.txt", "")).Status == 500);
    }

    private static async Task<(int Status, bool HasText)> AskAsync(
        HttpClient client, string path, string text, Action<HttpRequestMessage>? with = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path);
        with?.Invoke(request);
        using HttpResponseMessage answer = await client.SendAsync(request);
        string body = await answer.Content.ReadAsStringAsync();
        return ((int)answer.StatusCode, body.Replace(" ", "", StringComparison.Ordinal).Contains(text.Replace(" ", "", StringComparison.Ordinal), StringComparison.Ordinal));
    }
}
