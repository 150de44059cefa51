using System.Diagnostics;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests;

public class CostTests
{
    /// <summary>Generous by far on any machine; what grows with the square of the routes would take minutes.</summary>
    [Fact]
    public void Five_thousand_routes_translate_in_a_moment()
    {
        var objects = new List<ApiObject> { Make.Class(), Make.Gateway("gw", [Make.Http()]) };
        for (int i = 0; i < 5_000; i++)
        {
            objects.Add(Make.Route($"r{i}", "gw", Make.Rule($"/p{i}", Make.Ref($"s{i}"))));
            objects.Add(new Service(Make.Meta("default", $"s{i}"), "ClusterIP", [new ServicePort("", 80, "TCP", null)]));
            objects.Add(new EndpointSlice(
                Make.Meta("default", $"e{i}"), $"s{i}", "IPv4", [new SlicePort("", 8080, "TCP")], [new SliceEndpoint(["10.0.0.1"], true, true, false)]));
        }

        ClusterState state = Make.State([.. objects]);
        GatewayTranslator.Translate(state);
        var watch = Stopwatch.StartNew();
        Translation translation = GatewayTranslator.Translate(state);
        watch.Stop();

        Assert.Equal(10_001, translation.Snapshot.Resources.Length);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 5_000);
    }
}
