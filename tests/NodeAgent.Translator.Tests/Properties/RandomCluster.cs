using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Properties;

/// <summary>
/// Cluster states as users might have them, good and bad mixed, all from one seed. Few names, ports and addresses,
/// so that things meet, collide and dangle.
/// </summary>
internal sealed partial class RandomCluster
{
    private static readonly string[] Namespaces = ["a", "b", "c"];

    private static readonly string?[] ListenerHosts = [null, "", "x.example.com", "*.example.com", "*.x.example.com", "Example.COM"];

    private static readonly string[] RouteHosts =
        ["x.example.com", "y.example.com", "*.example.com", "*.x.example.com", "example.com", "other.org"];

    private readonly Random _random;

    private readonly RandomExtensions _extensions;

    private RandomCluster(int seed)
    {
        _random = new Random(seed);
        _extensions = new RandomExtensions(_random);
    }

    public static ClusterState Of(int seed) => new RandomCluster(seed).State();

    private ClusterState State()
    {
        var objects = new List<ApiObject>
        {
            new GatewayClass(Meta("", "ours"), GatewayTranslator.ControllerName, null),
            new GatewayClass(Meta("", "theirs"), "example.com/other", null),
            new GatewayClass(Meta("", "broken"), GatewayTranslator.ControllerName, new ParametersRef("x.io", "P", "p", null)),
        };
        foreach (string ns in Namespaces.Where(_ => Chance(70)))
        {
            objects.Add(new Namespace(Meta("", ns)));
        }

        objects.AddRange(Some(5, Names("gw"), Gateway));
        objects.AddRange(Some(5, Names("set"), ListenerSet));
        objects.AddRange(Some(8, Names("cert"), Certificate));
        objects.AddRange(Some(6, Names("ca"), Authorities));
        objects.AddRange(Some(8, Names("http"), HttpRoute));
        objects.AddRange(Some(4, Names("tcp"), TcpRoute));
        var routes = new RandomRoutes(_random, Parent, Backend);
        objects.AddRange(Some(4, Names("grpc"), routes.Grpc));
        objects.AddRange(Some(2, Names("tls"), routes.Tls));
        objects.AddRange(Some(2, Names("udp"), routes.Udp));
        objects.AddRange(Some(4, Names("ext"), _extensions.Filter));
        objects.AddRange(Some(4, Names("ext"), _extensions.Match));
        objects.AddRange(Some(3, Names("files"), _extensions.Files));
        objects.AddRange(Backends());
        objects.AddRange(Some(3, Names("grant"), Grant));
        objects.AddRange(Parameters());
        string[] gateways = [.. objects.OfType<Gateway>().Select(g => g.Meta.Key), "a/gone"];
        return new ClusterState
        {
            Objects = [.. objects],
            Addresses = new AddressSpace(
                [.. new[] { "127.80.0.0/29", "fd00::/124", "10.1.0.0/31", "no pool" }.Where(_ => Chance(40))],
                gateways.Where(_ => Chance(30)).ToImmutableSortedDictionary(g => g, _ => PoolAddresses.Of(Address(), Address()))),
            Observed = new Observed([.. gateways.Where(_ => Chance(20)).Select(g => new BindFailure(g, Pick("l0", "l1", "a/set0/l0", "b/set1/l1"), "port is taken"))]),
        };
    }

    private Gateway Gateway(ObjectMeta meta) => WithTls(new(
        meta,
        Pick("ours", "ours", "ours", "given", "theirs", "broken", "gone"),
        [.. Enumerable.Range(0, _random.Next(1, 5)).Select(i => Listener($"l{i}"))],
        Chance(60) ? [] : [.. List(2, () => new GatewayAddress(Chance(90) ? "IPAddress" : "Hostname", Chance(80) ? Address() : null))],
        OwnParameters())) with
    {
        DefaultScope = Chance(20) ? "All" : "None",
    };

    private LabelSelector Selector() => new(
        ImmutableSortedDictionary<string, string>.Empty,
        [new LabelRequirement("kubernetes.io/metadata.name", Pick("In", "NotIn", "Exists", "DoesNotExist", "Odd"), [Pick(Namespaces)])]);

    private HttpRoute HttpRoute(ObjectMeta meta) => new(
        meta, List(3, Parent), List(3, () => Pick(RouteHosts)), List(4, Rule))
    { UseDefaultGateways = Chance(20) };

    private TcpRoute TcpRoute(ObjectMeta meta) => new(meta, List(3, Parent), null, List(3, Backend));

    private ParentRef Parent() => new(
        Groups.Gateway,
        Chance(80) ? "Gateway" : Pick("ListenerSet", "ListenerSet", "ListenerSet", "Service"),
        Chance(50) ? Pick(Namespaces) : null,
        Pick("gw0", "gw1", "gw0", "gw1", "set0", "set1"),
        Chance(30) ? Pick("l0", "l1", "l9") : null,
        Chance(20) ? Pick(80, 8080) : null);

    private HttpRouteRule Rule() => new(
        Chance(30) ? "named" : null,
        List(3, () => new HttpRouteMatch(
            Pick("Exact", "PathPrefix", "PathPrefix", "RegularExpression", "Odd"),
            Pick("/", "/a", "/a/", "/a/b", "/(", "/x(?=y)", "a)|(b", ""),
            List(2, () => Named("H", "h")),
            List(2, () => Named("q", "Q")),
            Chance(30) ? "GET" : null)
        { ExtensionRef = Chance(10) ? _extensions.Reference() : null }),
        List(2, Filter),
        List(3, Backend))
    {
        Timeouts = Chance(20) ? new HttpRouteTimeouts(TimeSpan.FromSeconds(_random.Next(3)), null) : null,
        Retry = Chance(20) ? new HttpRouteRetry([503, 500], Pick<int?>(null, 1), null) : null,
        SessionPersistence = Chance(20) ? RandomRoutes.Session(_random) : null,
    };

    private NamedMatch Named(params string[] names) => new(Chance(80) ? "Exact" : "RegularExpression", Pick(names), Pick("v", "[", ".*"));

    private HttpRouteFilter Filter() => Pick(0, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9) switch
    {
        0 => new HttpRouteFilter("RequestHeaderModifier") { RequestHeaderModifier = Headers() },
        1 => new HttpRouteFilter("ResponseHeaderModifier") { ResponseHeaderModifier = Headers() },
        2 => new HttpRouteFilter("RequestRedirect") { RequestRedirect = new RequestRedirect(null, "r.org", Path(), null, Pick(301, 302, 399)) },
        3 => new HttpRouteFilter("URLRewrite") { UrlRewrite = new UrlRewrite(null, Path()) },
        4 => new HttpRouteFilter("ExtensionRef") { ExtensionRef = _extensions.Reference() },
        5 => new HttpRouteFilter("RequestMirror"),
        6 => new HttpRouteFilter("RequestMirror") { RequestMirror = new RequestMirror(PlainBackend(), Pick(0, 1), Pick(1, 3)) },
        7 => new HttpRouteFilter("CORS") { Cors = new Cors([Pick("*", "https://A.b:443", "http://*.a:99999")], ["GET"], [Pick("*", "x y")], [], Chance(50), 5) },
        8 => new HttpRouteFilter("ExternalAuth")
        {
            ExternalAuth = new ExternalAuth(Pick("HTTP", "GRPC", "Odd"), PlainBackend(), Pick("", "/a/", "/.."), [], [Pick("X", "a b")], Pick(0, 9)),
        },
        _ => new HttpRouteFilter("URLRewrite"),
    };

    private PathModifier? Path() => Chance(50) ? null : new PathModifier(Pick("ReplaceFullPath", "ReplacePrefixMatch", "Odd"), "/z");

    private HeaderModifier Headers() =>
        new([new NameValue(Pick("X-A", "x-a", "Transfer-Encoding", "bad name"), "v")], [new NameValue("x-b", Pick("v", "a\r\nb"))], ["x-c", "X-C"]);

    private BackendRef Backend() => (Chance(90) ? PlainBackend() : FilesBackend()) with { Weight = Pick(0, 1, 10), Filters = Chance(80) ? [] : List(2, Filter) };

    private BackendRef FilesBackend() =>
        new(Groups.NodeAgent, "StaticFiles", Chance(20) ? Pick(Namespaces) : null, Pick("files0", "files1"), null, 1, []);

    private ReferenceGrant Grant(ObjectMeta meta) => new(
        meta,
        [new GrantFrom(Groups.Gateway, Pick("HTTPRoute", "TCPRoute", "GRPCRoute"), Pick(Namespaces)), new GrantFrom(Groups.Gateway, Pick("Gateway", "ListenerSet"), Pick(Namespaces))],
        [new GrantTo(Groups.Core, "Service", Pick(null, "", "svc0")), new GrantTo(Groups.Core, Pick("Secret", "ConfigMap"), Pick(null, "cert0", "ca0"))]);

    private string Address() => Pick("127.80.0.1", "127.80.0.2", "127.80.0.3", "fd00::1", "FD00:0::2", "10.0.0.1", "0.0.0.0", "224.0.0.1", "1", "odd");

    private static ObjectMeta Meta(string ns, string name, long createdAt = 0) => Make.Meta(ns, name, createdAt);

    private static (string Ns, string Name)[] Names(string stem) =>
        [.. Namespaces.SelectMany(ns => Enumerable.Range(0, 3).Select(i => (ns, $"{stem}{i}")))];

    private IEnumerable<ApiObject> Some(int count, (string Ns, string Name)[] names, Func<ObjectMeta, ApiObject> make)
    {
        _random.Shuffle(names);
        return [.. names.Take(count).Select(n => make(Make.Meta(n.Ns, n.Name, _random.Next(3), _random.Next(1, 4))))];
    }

    private ImmutableArray<T> List<T>(int max, Func<T> make) => [.. Enumerable.Range(0, _random.Next(max + 1)).Select(_ => make())];

    private T Pick<T>(params T[] from) => from[_random.Next(from.Length)];

    private bool Chance(int percent) => _random.Next(100) < percent;
}
