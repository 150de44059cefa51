using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Benchmarks;

/// <summary>
/// One Gateway, N HTTPRoutes of two rules each with a host of their own, N Services of one EndpointSlice with three
/// endpoints each. Objects come through the decoder, like any manifest.
/// </summary>
internal sealed class TranslationCluster
{
    private readonly List<ApiObject> _objects = [];

    public TranslationCluster(int routes)
    {
        Routes = routes;
        Add($$"""{"apiVersion":"gateway.networking.k8s.io/v1","kind":"GatewayClass","metadata":{"name":"nodeagent"},"spec":{"controllerName":"{{GatewayTranslator.ControllerName}}"} }""");
        Add("""{"apiVersion":"gateway.networking.k8s.io/v1","kind":"Gateway","metadata":{"name":"gw"},"spec":{"gatewayClassName":"nodeagent","listeners":[{"name":"http","port":80,"protocol":"HTTP"}]}}""");
        for (int i = 0; i < routes; i++)
        {
            Add(Route(i, "/a"));
            Add($$"""{"apiVersion":"v1","kind":"Service","metadata":{"name":"s{{i}}"},"spec":{"ports":[{"port":80,"targetPort":8080}]} }""");
            Add(Slice(i, 1));
        }

        State = new ClusterState
        {
            Objects = [.. _objects],
            Addresses = AddressSpace.None with { Pools = ["127.80.0.0/24"] },
        };
    }

    public int Routes { get; }

    public ClusterState State { get; }

    /// <summary>Two states that differ from <see cref="State"/> and each other in one HTTPRoute.</summary>
    public ClusterState[] RouteEdits() => [With(2 + (3 * (Routes / 2)), Route(Routes / 2, "/b")), With(2 + (3 * (Routes / 2)), Route(Routes / 2, "/c"))];

    /// <summary>Two states that differ from <see cref="State"/> and each other in one EndpointSlice.</summary>
    public ClusterState[] SliceEdits() => [With(4 + (3 * (Routes / 2)), Slice(Routes / 2, 2)), With(4 + (3 * (Routes / 2)), Slice(Routes / 2, 3))];

    private static string Route(int i, string path) => $$"""
        {"apiVersion":"gateway.networking.k8s.io/v1","kind":"HTTPRoute","metadata":{"name":"r{{i}}"},"spec":{
        "parentRefs":[{"name":"gw"}],"hostnames":["h{{i}}.example.com"],"rules":[
        {"matches":[{"path":{"value":"{{path}}"} }],"backendRefs":[{"name":"s{{i}}","port":80}]},
        {"matches":[{"path":{"value":"/x"},"method":"GET"}],"backendRefs":[{"name":"s{{i}}","port":80}]}]} }
        """;

    private static string Slice(int i, int last) => string.Create(CultureInfo.InvariantCulture, $$"""
        {"apiVersion":"discovery.k8s.io/v1","kind":"EndpointSlice","metadata":{"name":"e{{i}}","labels":{"kubernetes.io/service-name":"s{{i}}" } },
        "addressType":"IPv4","ports":[{"port":8080}],"endpoints":[
        {"addresses":["10.{{i >> 16}}.{{(i >> 8) & 255}}.{{i & 255}}"] },{"addresses":["10.200.0.{{last}}"] },{"addresses":["10.201.0.{{last}}"] }]}
        """);

    private static ApiObject Decode(string json)
    {
        using JsonDocument document = JsonDocument.Parse(json);
        DecodeResult result = ApiDecoder.Decode(document.RootElement);
        return result.Decoded ?? throw new InvalidOperationException(string.Join("; ", result.Problems));
    }

    private void Add(string json) => _objects.Add(Decode(json));

    private ClusterState With(int place, string json)
    {
        ImmutableArray<ApiObject> objects = State.Objects;
        return State with { Objects = objects.SetItem(place, Decode(json)) };
    }
}
