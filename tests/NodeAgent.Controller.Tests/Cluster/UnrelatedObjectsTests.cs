using System.Globalization;
using System.Text.Json;
using NodeAgent.Controller.Cluster;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;
using Xunit.Abstractions;

namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>Tests that measure the memory of the process run alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public static class MemoryTests
{
    public const string Name = "memory";
}

/// <summary>What a cluster has that no Gateway refers to costs little.</summary>
[Collection(MemoryTests.Name)]
public sealed class UnrelatedObjectsTests(ITestOutputHelper output)
{
    private const int Many = 10_000;

    /// <summary>In bytes, with all that store and translation keep of one.</summary>
    private const int MostPerService = 280;

    private const int MostPerSlice = 380;

    /// <summary>What tests before this one leave behind may be freed in the middle of one measurement, not of most.</summary>
    private const int Rounds = 5;

    [Fact]
    public void Services_and_their_endpoints()
    {
        (long Service, long Slice)[] costs = [.. Enumerable.Range(0, Rounds).Select(_ => Measure())];
        long service = costs.Select(c => c.Service).Order().ElementAt(Rounds / 2);
        long slice = costs.Select(c => c.Slice).Order().ElementAt(Rounds / 2);
        output.WriteLine($"{service} bytes for a Service, {slice} for an EndpointSlice; rounds: {string.Join(", ", costs)}");
        Assert.InRange(service, 1, MostPerService);
        Assert.InRange(slice, 1, MostPerSlice);
    }

    private static (long Service, long Slice) Measure()
    {
        var store = new ClusterStore();
        var translator = new IncrementalTranslator();
        Translate(translator, store);
        long start = Kept();
        Fill(store, "", "Service", "services", i => $$$"""
            {"metadata": {"name": "service-{{{i}}}", "namespace": "team-{{{i[^2..]}}}", "labels": {"app": "service-{{{i}}}", "tier": "web"}, {{{Of(i)}}}},
             "spec": {"type": "ClusterIP", "clusterIP": "10.96.0.1", "clusterIPs": ["10.96.0.1"], "ipFamilies": ["IPv4"], "ipFamilyPolicy": "SingleStack",
                      "selector": {"app": "service-{{{i}}}"}, "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]}}
            """);
        Translate(translator, store);
        long services = Kept();
        Fill(store, "discovery.k8s.io", "EndpointSlice", "endpointslices", i => $$$"""
            {"metadata": {"name": "service-{{{i}}}-abcde", "namespace": "team-{{{i[^2..]}}}", "generation": 3,
                          "labels": {"kubernetes.io/service-name": "service-{{{i}}}", "endpointslice.kubernetes.io/managed-by": "endpointslice-controller.k8s.io"}, {{{Of(i)}}}},
             "addressType": "IPv4", "ports": [{"name": "http", "port": 8080, "protocol": "TCP"}],
             "endpoints": [{"addresses": ["10.1.1{{{i[..2]}}}.1{{{i[^2..]}}}"], "conditions": {"ready": true, "serving": true, "terminating": false}, "nodeName": "node-{{{i[^1..]}}}", "zone": "a",
                            "targetRef": {"kind": "Pod", "namespace": "team-{{{i[^2..]}}}", "name": "service-{{{i}}}-0", "uid": "x"}}]}
            """);
        Translate(translator, store);
        long slices = Kept();
        Assert.Equal(2 * Many, store.Counts.Sum(c => c.Count));
        GC.KeepAlive(translator);
        return ((services - start) / Many, (slices - services) / Many);
    }

    private static string Of(string i) => $$$"""
        "uid": "0b0c3a5e-6d1f-4c56-9f2e-00000000{{{i}}}", "resourceVersion": "10{{{i}}}", "creationTimestamp": "2026-01-31T12:00:00Z",
        "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "a text of some length, as it is there with most objects {{{i}}}"},
        "managedFields": [{"manager": "kubectl", "operation": "Update", "fieldsV1": {"f:spec": {"f:ports": {}, "f:selector": {} } } }]
        """;

    private static void Fill(ClusterStore store, string group, string kind, string plural, Func<string, string> text)
    {
        ClusterKind of = ClusterKind.All.Single(k => k.Group == group && k.Kind == kind);
        var resource = new ApiResource(group, of.Versions[0], plural, kind, Namespaced: true);
        var mirror = new KindMirror(store, of, (_, _) => true, () => { }, TimeProvider.System) { Resource = () => resource };
        mirror.ListBegins();
        for (int i = 0; i < Many; i++)
        {
            using JsonDocument item = JsonDocument.Parse(text(i.ToString("0000", CultureInfo.InvariantCulture)));
            mirror.Listed(item.RootElement);
        }

        mirror.ListEnds();
    }

    private static void Translate(IncrementalTranslator translator, ClusterStore store) =>
        translator.Translate(new ClusterState { Objects = store.Objects, InCluster = true });

    private static long Kept() => GC.GetTotalMemory(forceFullCollection: true);
}
