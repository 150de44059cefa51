using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using NodeAgent.Echo;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

/// <summary>What serves a rule is kept while the rule is the same object; that must not keep what has changed behind it.</summary>
public sealed class KeptRuleTests
{
    [Fact]
    public async Task A_rule_that_comes_back_serves_the_backend_of_today_and_counts_anew()
    {
        await using RawBackend old = Backends.Answering("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nold");
        await using RawBackend next = Backends.Answering("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nnext");
        GatewaySetup setup = GatewaySetup.To(old.EndPoint);
        await using HttpRig rig = await HttpRig.StartAsync(setup);
        ConfigSnapshot first = setup.ToSnapshot(rig.Address.ToString(), old.EndPoint);
        await rig.Plane.ApplyAsync(first);
        Assert.Equal("old", (await rig.GetAsync()).Body);
        Assert.Equal("old", (await rig.GetAsync()).Body);
        Assert.Equal(2, Requests(rig));

        await rig.Plane.ApplyAsync(Without(first, r => r is HttpRouteResource or BackendResource));
        Assert.Equal(404, (await rig.GetAsync()).Status);

        ConfigSnapshot back = ConfigSnapshot.Create(
        [
            .. Without(first, r => r is BackendResource).Resources,
            .. GatewaySetup.To(next.EndPoint).ToSnapshot(rig.Address.ToString(), next.EndPoint).All<BackendResource>(),
        ]);
        Assert.Same(first.All<HttpRouteResource>().First(), back.All<HttpRouteResource>().First());
        await rig.Plane.ApplyAsync(back);
        Assert.Equal("next", (await rig.GetAsync()).Body);
        Assert.Equal(1, Requests(rig));
        await rig.ApplyAsync(setup);
    }

    private static ConfigSnapshot Without(ConfigSnapshot snapshot, Func<Resource, bool> gone) =>
        ConfigSnapshot.Create([.. snapshot.Resources.Where(r => !gone(r))]);

    private static int Requests(HttpRig rig)
    {
        var text = new ArrayBufferWriter<byte>();
        rig.Plane.WriteMetrics(text);
        return Encoding.UTF8.GetString(text.WrittenSpan).Split('\n')
            .Where(l => l.StartsWith("http_server_requests_total{", StringComparison.Ordinal) && l.Contains("route_name=\"route\"", StringComparison.Ordinal))
            .Sum(l => int.Parse(l[(l.LastIndexOf(' ') + 1)..]));
    }
}
