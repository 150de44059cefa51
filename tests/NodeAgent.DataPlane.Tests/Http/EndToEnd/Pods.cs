using System.Collections.Immutable;
using System.Net;
using NodeAgent.Echo;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

/// <summary>Echo backends by name; each is also a Service of that name.</summary>
internal sealed class Pods : IAsyncDisposable
{
    private readonly ImmutableArray<(string Name, EchoServer Server)> _pods;

    private Pods(ImmutableArray<(string, EchoServer)> pods) => _pods = pods;

    public IPEndPoint[] EndPoints => [.. _pods.Select(p => p.Server.Http[0])];

    public static async Task<Pods> StartAsync(params string[] names)
    {
        var pods = ImmutableArray.CreateBuilder<(string, EchoServer)>();
        foreach (string name in names)
        {
            pods.Add((name, await EchoServer.StartAsync(EchoOptions.LoopbackHttp(name))));
        }

        return new Pods(pods.ToImmutable());
    }

    public GatewaySetup Services() => _pods.Aggregate(new GatewaySetup(), (setup, pod) => setup.Service(pod.Name, pod.Server.Http[0]));

    public async ValueTask DisposeAsync()
    {
        foreach ((_, EchoServer server) in _pods)
        {
            await server.DisposeAsync();
        }
    }
}
