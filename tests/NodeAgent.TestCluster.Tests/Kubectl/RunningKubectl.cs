namespace NodeAgent.TestCluster.Tests.Kubectl;

/// <summary>A server for each test, over HTTPS, and a kubectl that is its administrator.</summary>
public abstract class RunningKubectl : IAsyncLifetime
{
    /// <summary>For files of a test; goes with it.</summary>
    private protected string Folder { get; } = Directory.CreateTempSubdirectory("kubectl-").FullName;

    private protected TestApiServer Server { get; private set; } = null!;

    private protected KubectlProcess Kubectl { get; private set; } = null!;

    private protected virtual TestApiServerOptions Options { get; } = new();

    public async Task InitializeAsync()
    {
        Server = await TestApiServer.StartAsync(Options);
        Kubectl = new KubectlProcess(Folder);
        Server.WriteKubeconfig(Kubectl.Kubeconfig);
    }

    public async Task DisposeAsync()
    {
        await Server.DisposeAsync();
        Directory.Delete(Folder, recursive: true);
    }

    /// <param name="says">All of its output but the last line end; null for any.</param>
    private protected async Task<KubectlResult> Succeeds(string arguments, string? input = null, string? says = null)
    {
        KubectlResult result = await Kubectl.RunAsync(arguments, input);
        Assert.True(result.Code == 0, $"kubectl {arguments}: {result}");
        if (says is not null)
        {
            Assert.Equal(says + "\n", result.Out);
        }

        return result;
    }

    private protected async Task Fails(string arguments, string says, string? input = null)
    {
        KubectlResult result = await Kubectl.RunAsync(arguments, input);
        Assert.Equal((1, says + "\n"), (result.Code, result.Error));
    }
}
