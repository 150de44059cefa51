namespace NodeAgent.TestCluster.Tests.Server;

/// <summary>A server for each test: plain HTTP, which starts faster.</summary>
public abstract class RunningServer : IAsyncLifetime
{
    private protected TestApiServer Server { get; private set; } = null!;

    private protected Api Api { get; private set; } = null!;

    private protected HttpClient Client => Server.Client;

    /// <summary>Ends a wait that is in vain.</summary>
    private protected static CancellationToken Patience => new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token;

    private protected virtual TestApiServerOptions Options { get; } = new() { Https = false };

    public async Task InitializeAsync()
    {
        Server = await TestApiServer.StartAsync(Options);
        Api = new Api(Server.Client);
    }

    public async Task DisposeAsync() => await Server.DisposeAsync();
}
