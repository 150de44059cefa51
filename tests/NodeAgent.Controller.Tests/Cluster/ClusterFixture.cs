using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.TestCluster;

namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>A test API server and a client of it.</summary>
internal sealed class ClusterFixture : IAsyncDisposable
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly TempFolder _folder = new();

    private ClusterFixture(TestApiServer server)
    {
        Server = server;
        server.WriteKubeconfig(_folder["kubeconfig"]);
        AccessResult access = ClusterAccess.FromKubeconfig(_folder["kubeconfig"]);
        Assert.Equal("", access.Problem);
        Client = new KubernetesClient(access.Access!);
        Discovery = new ApiDiscovery(Client);
    }

    public TestApiServer Server { get; }

    public KubernetesClient Client { get; }

    public ApiDiscovery Discovery { get; }

    public static async Task<ClusterFixture> StartAsync(TestApiServerOptions? options = null) =>
        new(await TestApiServer.StartAsync((options ?? new TestApiServerOptions()) with { AutoCreateNamespaces = true }));

    public async ValueTask DisposeAsync()
    {
        await Discovery.DisposeAsync();
        await Client.DisposeAsync();
        await Server.DisposeAsync();
        _folder.Dispose();
    }
}
