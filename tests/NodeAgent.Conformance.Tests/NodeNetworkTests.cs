using System.Diagnostics;
using System.Net.Sockets;
using NodeAgent.Conformance.World;

namespace NodeAgent.Conformance.Tests;

public sealed class NodeNetworkTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    [NetworkFact]
    public void Two_networks_do_not_meet_and_leave_nothing_behind()
    {
        using NodeNetwork second = NodeNetwork.Create();
        string pool;
        using (NodeNetwork first = NodeNetwork.Create())
        {
            pool = first.AddressPool;
            Assert.NotEqual(pool, second.AddressPool);
            Assert.Contains($"{pool} via {first.NodeAddress}", Ip("route show"), StringComparison.Ordinal);
        }

        Assert.DoesNotContain(pool, Ip("route show"), StringComparison.Ordinal);
        Assert.Contains($"{second.AddressPool} via {second.NodeAddress}", Ip("route show"), StringComparison.Ordinal);
    }

    [NetworkFact]
    public void What_a_run_that_died_left_behind_is_removed_by_the_next()
    {
        // A number that no run takes, so that nobody holds its lock.
        string left = $"nodeagent-conf-{Random.Shared.Next(10_000, 1_000_000)}";
        Ip($"netns add {left}");
        using Process lost = Process.Start("ip", ["netns", "exec", left, "sleep", "600"]);

        using NodeNetwork network = NodeNetwork.Create();

        Assert.DoesNotContain(left, Ip("netns list"), StringComparison.Ordinal);
        Assert.True(lost.WaitForExit(Patience));
    }

    [NetworkFact]
    public async Task The_test_reaches_the_node_and_the_pods_reach_the_test_through_it()
    {
        using NodeNetwork network = NodeNetwork.Create();
        using Process? route = Process.Start(network.InPods("ip", ["route", "get", network.HostAddress.ToString()]));
        Assert.Contains(" via ", await route!.StandardOutput.ReadToEndAsync(), StringComparison.Ordinal);

        using var client = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => client.ConnectAsync(network.NodeAddress, 80).WaitAsync(Patience));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    private static string Ip(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
