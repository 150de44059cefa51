using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using NodeAgent.Controller.Cluster;
using NodeAgent.Controller.Sources.Kubernetes;
using static NodeAgent.Controller.Tests.Kubernetes.ResourceWatchTests;
using static NodeAgent.Controller.Tests.Kubernetes.ScriptedServer;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>Whoever stands before an API server that is away, and knows no page by any name, takes nothing away.</summary>
public sealed class NoApiServerTests
{
    private static readonly KubernetesClientSettings Quick = new() { MinBackoff = TimeSpan.FromMilliseconds(5), MaxBackoff = TimeSpan.FromMilliseconds(50) };

    [Theory]
    [InlineData("example.com", "Thing")]
    [InlineData("", "ConfigMap")]
    public async Task AServerThatKnowsNothingAtAllDoesNotSayThatAKindIsGone(string group, string kind)
    {
        var away = new CancellationTokenSource();
        await using ScriptedServer server = await StartAsync(context => AnswerAsync(context, away.Token));
        await using KubernetesClient client = server.Client(Quick);
        await using var discovery = new ApiDiscovery(client);
        var handler = new RecordingHandler();
        var watch = new KindWatch(client, discovery, group, kind, ImmutableArray.Create("v1"), WatchScope.All, handler);
        await using var following = new Following(watch.RunAsync, handler);
        await handler.UntilToldAsync("listed all");

        await away.CancelAsync();
        await handler.UntilAsync(told => told.Lines[^1].StartsWith($"trouble {kind}", StringComparison.Ordinal));

        Assert.DoesNotContain("not served", handler.Lines);
        Assert.Equal(["/a"], handler.Objects.Keys);
        away = new CancellationTokenSource();
        await handler.UntilAsync(told => told.Lines[^1] == "no trouble");
        Assert.Equal(["/a"], handler.Objects.Keys);
    }

    [Fact]
    public async Task WhatEveryServerHasIsNeverNotServed()
    {
        var away = new CancellationTokenSource();
        await using ScriptedServer server = await StartAsync(context => AnswerAsync(context, away.Token));
        await using KubernetesClient client = server.Client(Quick);
        await using var discovery = new ApiDiscovery(client);
        var handler = new RecordingHandler();
        using var stop = new CancellationTokenSource();
        var watches = new ClusterWatches(client, discovery, new RecordingLog());
        watches.Start(Following.ConfigMaps, WatchScope.All, handler, stop.Token);
        await handler.UntilToldAsync("listed all");

        await away.CancelAsync();
        await handler.UntilAsync(told => told.Lines[^1].StartsWith("trouble", StringComparison.Ordinal));
        away = new CancellationTokenSource();
        await handler.UntilAsync(told => told.Lines[^1] == "no trouble");

        Assert.DoesNotContain("not served", handler.Lines);
        await stop.CancelAsync();
        await watches.EndAsync().SoonAsync();
    }

    private static async Task AnswerAsync(HttpContext context, CancellationToken away)
    {
        string path = context.Request.Path.Value!;
        if (away.IsCancellationRequested)
        {
            await SendAsync(context, "404 page not found", 404);
        }
        else if (IsWatch(context))
        {
            await using CancellationTokenRegistration gone = away.Register(context.Abort);
            await StayAsync(context);
        }
        else
        {
            const string Things = """{"resources":[{"name":"things","kind":"Thing","namespaced":true},{"name":"configmaps","kind":"ConfigMap","namespaced":true}]}""";
            await (path switch
            {
                "/apis" => SendAsync(context, """{"kind":"APIGroupList","groups":[]}"""),
                "/apis/example.com" => SendAsync(context, """{"versions":[{"version":"v1"}]}"""),
                "/apis/example.com/v1" or "/api/v1" => SendAsync(context, Things),
                _ when path.Contains("customresourcedefinitions", StringComparison.Ordinal) => SendAsync(context, Page(1, "")),
                _ => SendAsync(context, Page(1, "", "a")),
            });
        }
    }
}
