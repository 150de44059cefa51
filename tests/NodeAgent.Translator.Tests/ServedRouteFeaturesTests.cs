using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests;

/// <summary>What the data plane does not serve is told in conditions and never reaches it.</summary>
public sealed class ServedRouteFeaturesTests
{
    private static readonly HttpRouteRule Plain = Make.Rule("/plain", Make.Ref("app"));

    private static readonly RequestMirror Mirror = new(Make.Ref("app"), 1, 2);

    public static TheoryData<string, HttpRouteRule> Asking => new()
    {
        { "timeouts is not served", Plain with { Timeouts = new HttpRouteTimeouts(TimeSpan.FromSeconds(1), null) } },
        { "retry is not served", Plain with { Retry = new HttpRouteRetry([500], 1, null) } },
        { "sessionPersistence is not served", Plain with { SessionPersistence = new SessionPersistence(null, null, "Cookie", "Session") } },
        { "filter RequestMirror is not served", Plain with { Filters = [new HttpRouteFilter("RequestMirror") { RequestMirror = Mirror }] } },
        { "filter CORS is not served", Plain with { Filters = [new HttpRouteFilter("CORS") { Cors = new Cors([], [], [], [], false, 5) }] } },
        {
            "filter ExternalAuth is not served",
            Plain with { Filters = [new HttpRouteFilter("ExternalAuth") { ExternalAuth = new ExternalAuth("HTTP", Make.Ref("app"), "", [], [], 0) }] }
        },
        {
            "a backendRef can have header modifiers and mirrors only",
            Plain with { BackendRefs = [Make.Ref("app") with { Filters = [new HttpRouteFilter("URLRewrite") { UrlRewrite = new UrlRewrite("a", null) }] }] }
        },
    };

    [Theory]
    [MemberData(nameof(Asking))]
    public void A_rule_that_asks_for_what_is_not_served_is_dropped_and_its_neighbours_serve(string why, HttpRouteRule rule)
    {
        Translation translation = Translate(DataPlaneFeatures.None, rule, Plain);

        Assert.Equal([1], translation.Snapshot.All<HttpRouteResource>().Single().Rules.Select(r => r.Index));
        Assert.Equal($"Dropped Rule 0: {why}", Parent(translation).Message("PartiallyInvalid"));
    }

    [Theory]
    [MemberData(nameof(Asking))]
    public void The_same_rule_is_served_by_a_data_plane_that_can(string why, HttpRouteRule rule)
    {
        Assert.NotEmpty(why);
        Translation translation = Translate(DataPlaneFeatures.All, rule, Plain);

        Assert.Equal([0, 1], translation.Snapshot.All<HttpRouteResource>().Single().Rules.Select(r => r.Index));
        Assert.Null(Parent(translation).Condition("PartiallyInvalid"));
    }

    [Fact]
    public void A_route_of_such_rules_alone_is_not_accepted()
    {
        Translation translation = Translate(DataPlaneFeatures.None, Plain with { Timeouts = new HttpRouteTimeouts(TimeSpan.Zero, null) });

        Assert.Equal("False/UnsupportedValue", Parent(translation).Condition("Accepted"));
        Assert.Empty(translation.Snapshot.All<HttpRouteResource>());
    }

    [Fact]
    public void Without_gRPC_no_listener_takes_GRPCRoutes()
    {
        var route = new GrpcRoute(Make.Meta("default", "r"), [Make.Parent("gw")], [], []);
        Translation translation = GatewayTranslator.Translate(
            Make.State(Make.Class(), Make.Gateway("gw", [Make.Http()]), route) with { Features = DataPlaneFeatures.None });

        Assert.Equal("False/NotAllowedByListeners", translation.Status("GRPCRoute", "r")["parents"]![0]!.Condition("Accepted"));
        Assert.Empty(translation.Snapshot.All<HttpRouteResource>());
    }

    private static Translation Translate(DataPlaneFeatures features, params HttpRouteRule[] rules)
    {
        var app = new Service(Make.Meta("default", "app"), "ClusterIP", [new ServicePort("", 80, "TCP", null)]);
        return GatewayTranslator.Translate(
            Make.State(Make.Class(), Make.Gateway("gw", [Make.Http()]), Make.Route("r", "gw", rules), app) with { Features = features });
    }

    private static System.Text.Json.Nodes.JsonNode Parent(Translation translation) => translation.Status("HTTPRoute", "r")["parents"]![0]!;
}
