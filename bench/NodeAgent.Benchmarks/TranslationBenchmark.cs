using BenchmarkDotNet.Attributes;
using NodeAgent.Translator;

namespace NodeAgent.Benchmarks;

/// <summary>5,000 HTTPRoutes: the whole at once, and one edit among them.</summary>
[MemoryDiagnoser]
public class TranslationBenchmark
{
    private readonly TranslationCluster _cluster = new(5_000);
    private readonly IncrementalTranslator _routes = new();
    private readonly IncrementalTranslator _slices = new();
    private ClusterState[] _routeEdits = [];
    private ClusterState[] _sliceEdits = [];
    private int _turn;

    [GlobalSetup]
    public void Setup()
    {
        _routeEdits = _cluster.RouteEdits();
        _sliceEdits = _cluster.SliceEdits();
        _routes.Translate(_cluster.State);
        _slices.Translate(_cluster.State);
    }

    [Benchmark]
    public Translation Cold() => GatewayTranslator.Translate(_cluster.State);

    [Benchmark]
    public Translation OneRouteEdited() => _routes.Translate(_routeEdits[_turn++ & 1]);

    [Benchmark]
    public Translation OneSliceChanged() => _slices.Translate(_sliceEdits[_turn++ & 1]);
}
