using System.Globalization;
using System.Net;
using System.Net.Sockets;
using NodeAgent.Echo;

namespace NodeAgent.Node.Tests.Node;

/// <summary>Ports and folders that others hold.</summary>
public sealed class BadDayTests : IAsyncLifetime
{
    private readonly Manifests _manifests = new();
    private readonly string _address = NodeProcess.NewPool().Replace(".0/24", ".7", StringComparison.Ordinal);
    private EchoServer _echo = null!;

    public async Task InitializeAsync()
    {
        _echo = await EchoServer.StartAsync(EchoOptions.LoopbackHttp("blue"));
        _manifests.Write("gateway.yaml", Manifests.Gateway("gw", ["web/HTTP/8080", "alt/HTTP/8081"], _address));
        _manifests.Write("rest.yaml",
            Manifests.Service("blue", _echo.Http[0]),
            Manifests.Route("HTTPRoute", "web", "gw/web", "blue"),
            Manifests.Route("HTTPRoute", "alt", "gw/alt", "blue"));
    }

    public async Task DisposeAsync()
    {
        await _echo.DisposeAsync();
        _manifests.Dispose();
    }

    [Fact]
    public async Task A_taken_port_is_a_condition_of_its_listener_while_the_others_serve_and_is_taken_once_it_is_free()
    {
        var other = new TcpListener(IPAddress.Parse(_address), 8080);
        other.Start();
        await using NodeProcess node = await NodeProcess.StartAsync(_manifests);

        Assert.Equal((200, "blue"), await Client.GetAsync(_address, 8081));
        (string status, string reason, string message) = await node.ListenerConditionAsync("gw", "web", "Accepted");
        Assert.Equal(("False", "PortUnavailable"), (status, reason));
        Assert.Contains($"{_address}:8080", message, StringComparison.Ordinal);
        Assert.Equal("True", (await node.ListenerConditionAsync("gw", "alt", "Programmed")).Status);
        Assert.Single(node.Errors, l => l.Contains($"{_address}:8080", StringComparison.Ordinal));

        other.Stop();
        await node.UntilAsync("the port is taken", async () => (await node.ListenerConditionAsync("gw", "web", "Programmed")).Status == "True");
        Assert.Equal((200, "blue"), await Client.GetAsync(_address, 8080));
    }

    [Fact]
    public async Task A_second_nodeagent_on_the_same_state_folder_refuses_to_start()
    {
        string state = Directory.CreateTempSubdirectory("nodeagent-state-").FullName;
        await using (NodeProcess first = await NodeProcess.StartAsync(_manifests, stateFolder: state))
        {
            await using NodeProcess second = NodeProcess.Launch(
                ["run", "--manifests", _manifests.Folder, "--state-dir", state, "--admin", "127.0.0.1:0", "--access-log", "off"]);

            Assert.Equal(1, await second.ExitCodeAsync());
            string line = await second.ErrorLineAsync(l => l.Contains("error", StringComparison.Ordinal));
            Assert.Contains($"in use by another nodeagent (pid {first.Id.ToString(CultureInfo.InvariantCulture)})", line, StringComparison.Ordinal);
            Assert.Equal((200, "blue"), await Client.GetAsync(_address, 8080));
        }

        // However the first one ended, the folder is free.
        await using NodeProcess third = await NodeProcess.StartAsync(_manifests, stateFolder: state);
        await third.DisposeAsync();
        Directory.Delete(state, recursive: true);
    }

    [Fact]
    public async Task A_second_nodeagent_with_a_state_folder_of_its_own_shares_no_port_silently()
    {
        await using NodeProcess first = await NodeProcess.StartAsync(_manifests);
        await using NodeProcess second = await NodeProcess.StartAsync(_manifests);

        Assert.Equal("PortUnavailable", (await second.ListenerConditionAsync("gw", "web", "Accepted")).Reason);
        Assert.Equal("PortUnavailable", (await second.ListenerConditionAsync("gw", "alt", "Accepted")).Reason);
        Assert.Equal("True", (await first.ListenerConditionAsync("gw", "web", "Programmed")).Status);

        await first.DisposeAsync();
        await second.UntilAsync("it takes over", async () =>
            (await second.ListenerConditionAsync("gw", "alt", "Programmed")).Status == "True"
            && (await second.ListenerConditionAsync("gw", "web", "Programmed")).Status == "True");
        Assert.Equal((200, "blue"), await Client.GetAsync(_address, 8080));
    }

    [Fact]
    public async Task A_taken_admin_address_is_one_clear_line()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        string state = Directory.CreateTempSubdirectory("nodeagent-state-").FullName;
        await using NodeProcess node = NodeProcess.Launch(
            ["run", "--manifests", _manifests.Folder, "--state-dir", state, "--admin", $"{taken.LocalEndpoint}", "--access-log", "off"], state);

        Assert.Equal(1, await node.ExitCodeAsync());
        await node.ErrorLineAsync(l => l.EndsWith($"--admin {taken.LocalEndpoint}: the address is in use by another process", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_restart_keeps_every_address()
    {
        // Six Gateways on the six addresses of the pool (its ends are not given away), one after the other: who got which depends on the order
        // of their making, so only a memory can bring it back.
        string pool = NodeProcess.NewPool().Replace(".0/24", ".32/29", StringComparison.Ordinal);
        string state = Directory.CreateTempSubdirectory("nodeagent-state-").FullName;
        string[] names = ["foxtrot", "echo", "delta", "charlie", "bravo", "alpha"];
        var given = new Dictionary<string, string>();
        await using (NodeProcess node = await NodeProcess.StartAsync(_manifests, pool, state))
        {
            foreach (string name in names)
            {
                _manifests.Write($"{name}.yaml", Manifests.Gateway(name, ["web/HTTP/8090"]));
                given[name] = await node.AddressAsync(name);
            }
        }

        Assert.Equal(6, given.Values.Distinct().Count());
        await using (NodeProcess node = await NodeProcess.StartAsync(_manifests, pool, state))
        {
            foreach (string name in names)
            {
                Assert.Equal(given[name], await node.AddressAsync(name));
            }
        }

        Directory.Delete(state, recursive: true);
    }
}
