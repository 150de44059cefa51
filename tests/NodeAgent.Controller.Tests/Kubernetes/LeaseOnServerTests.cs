using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.TestCluster;
using static NodeAgent.Controller.Tests.Kubernetes.ResourceWatchTests;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>Elections over real requests. How they behave in time is simulated in <see cref="LeaderElectionTests"/>.</summary>
public sealed class LeaseOnServerTests : IAsyncDisposable
{
    private readonly TempFolder _folder = new();
    private readonly ConcurrentQueue<string> _told = [];
    private readonly List<(LeaderElection Election, CancellationTokenSource Stop, Task Run, KubernetesClient Client)> _contenders = [];

    [Fact]
    public async Task TheLeaseIsAsOthersKnowItAndGoesFromOneToTheNext()
    {
        await using TestApiServer server = await TestApiServer.StartAsync();
        Start(server, "a");
        await _contenders[0].Election.UntilAsync(true, CancellationToken.None).SoonAsync();
        Start(server, "b");
        JsonNode first = Lease(server);
        Assert.Equal(("a", 3, 0), (first["holderIdentity"]!.ToString(), (int)first["leaseDurationSeconds"]!, (int)first["leaseTransitions"]!));
        await UntilAsync(() => Lease(server)["renewTime"]!.ToString() != first["renewTime"]!.ToString());
        Assert.Equal(first["acquireTime"]!.ToString(), Lease(server)["acquireTime"]!.ToString());

        await EndAsync(0);
        await _contenders[1].Election.UntilAsync(true, CancellationToken.None).SoonAsync();
        Assert.Equal(["a True", "a False", "b True"], _told);
        Assert.Equal(("b", 1), (Lease(server)["holderIdentity"]!.ToString(), (int)Lease(server)["leaseTransitions"]!));
        await EndAsync(1);
        Assert.Equal("", Lease(server)["holderIdentity"]?.ToString() ?? "");
    }

    [Fact]
    public async Task OverFaultsOfTheServerNeverDoTwoLead()
    {
        await using TestApiServer server = await TestApiServer.StartAsync();
        Start(server, "a");
        Start(server, "b");
        await UntilAsync(() => Leaders() == 1);
        var random = new Random(5);
        for (int i = 0; i < 12; i++)
        {
            switch (i % 4)
            {
                case 0:
                    server.Faults.DropAfter(2, request => request.Resource == "leases");
                    break;
                case 1:
                    server.Faults.Answer(500, 4, request => request.Resource == "leases");
                    break;
                case 2:
                    server.Faults.Slow(TimeSpan.FromMilliseconds(random.Next(1500)), 3, request => request.Resource == "leases");
                    break;
                default:
                    await server.RestartAsync();
                    break;
            }

            await UntilAsync(() => server.Faults.Waiting == 0);
            await UntilAsync(() => Leaders() == 1);
        }

        // One that stands in for the other begins after that one has ended.
        string[] told = [.. _told];
        Assert.All(told.Select((line, at) => (line, at)), change => Assert.EndsWith(change.at % 2 == 0 ? "True" : "False", change.line, StringComparison.Ordinal));
    }

    public async ValueTask DisposeAsync()
    {
        for (int i = 0; i < _contenders.Count; i++)
        {
            await EndAsync(i);
            await _contenders[i].Client.DisposeAsync();
        }

        _folder.Dispose();
    }

    private static JsonNode Lease(TestApiServer server) => server.Get("coordination.k8s.io", "Lease", "default", "nodeagent")!["spec"]!;

    /// <returns>How many lead; never more than one.</returns>
    private int Leaders()
    {
        int leaders = _contenders.Count(contender => contender.Election.IsLeader);
        Assert.InRange(leaders, 0, 1);
        return leaders;
    }

    private void Start(TestApiServer server, string name)
    {
        server.WriteKubeconfig(_folder["config"]);
        var client = new KubernetesClient(ClusterAccess.FromKubeconfig(_folder["config"]).Access!);
        var settings = new LeaseSettings("default", "nodeagent", name)
        {
            LeaseDuration = TimeSpan.FromSeconds(3),
            RenewDeadline = TimeSpan.FromSeconds(2),
            RetryPeriod = TimeSpan.FromMilliseconds(100),
        };
        var election = new LeaderElection(client, settings, TimeProvider.System);
        election.Changed += leads => _told.Enqueue($"{name} {leads}");
        var stop = new CancellationTokenSource();
        _contenders.Add((election, stop, Task.Run(() => election.RunAsync(stop.Token)), client));
    }

    private async Task EndAsync(int contender)
    {
        await _contenders[contender].Stop.CancelAsync();
        await _contenders[contender].Run.SoonAsync();
    }
}
