using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Properties;

/// <summary>The further route kinds of a <see cref="RandomCluster"/>, from the same seed.</summary>
internal sealed class RandomRoutes(Random random, Func<ParentRef> parent, Func<BackendRef> backend)
{
    private static readonly string[] Hosts = ["x.example.com", "*.example.com", "other.org"];

    public static SessionPersistence Session(Random random) => new(
        new[] { null, "", "session", "bad name" }[random.Next(4)],
        random.Next(2) == 0 ? null : TimeSpan.FromHours(1),
        random.Next(2) == 0 ? "Cookie" : "Header",
        "Session");

    public GrpcRoute Grpc(ObjectMeta meta) => new(meta, List(3, parent), List(2, Host), List(3, Rule)) { UseDefaultGateways = Chance(20) };

    public TlsRoute Tls(ObjectMeta meta) => new(meta, List(3, parent), List(2, Host), null, List(3, backend)) { FurtherRules = random.Next(2) };

    public UdpRoute Udp(ObjectMeta meta) => new(meta, List(3, parent), null, List(3, backend)) { UseDefaultGateways = Chance(20) };

    private GrpcRouteRule Rule() => new(
        Chance(30) ? "named" : null,
        List(3, () => new GrpcRouteMatch(
            Chance(20) ? null : new GrpcMethodMatch(Pick("Exact", "Exact", "RegularExpression", "Odd"), Pick(null, "", "a.B", "("), Pick(null, "C", "[a-z]+")),
            List(1, () => new NamedMatch(Pick("Exact", "RegularExpression"), "h", Pick("v", "["))))),
        List(1, () => new HttpRouteFilter("RequestMirror") { RequestMirror = new RequestMirror(backend(), 1, 2) }),
        List(3, backend))
    {
        SessionPersistence = Chance(20) ? Session(random) : null,
    };

    private string Host() => Pick(Hosts);

    private ImmutableArray<T> List<T>(int max, Func<T> make) => [.. Enumerable.Range(0, random.Next(max + 1)).Select(_ => make())];

    private T Pick<T>(params T[] from) => from[random.Next(from.Length)];

    private bool Chance(int percent) => random.Next(100) < percent;
}
