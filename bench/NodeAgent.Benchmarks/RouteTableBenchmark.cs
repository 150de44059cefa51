using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.Primitives;
using NodeAgent.DataPlane.Http;
using NodeAgent.DataPlane.Http.Extensions;

namespace NodeAgent.Benchmarks;

/// <summary>One match among 100,000 rules; hosts are drawn at random, so most look-ups miss the caches.</summary>
[MemoryDiagnoser, MinColumn, MedianColumn]
public class RouteTableBenchmark
{
    private const int Requests = 4096;

    private readonly string[] _exactHosts = new string[Requests];
    private readonly string[] _wildcardHosts = new string[Requests];
    private readonly string[] _exactPaths = new string[Requests];
    private readonly string[] _prefixPaths = new string[Requests];
    private RouteTable _table = null!;

    [GlobalSetup]
    public void Setup()
    {
        _table = new RouteIndex(new RouteTableCases.Targets()).Update(RouteTableCases.Listeners(), out _);
        var random = new Random(5);
        for (int i = 0; i < Requests; i++)
        {
            int ten = random.Next(RouteTableCases.RouteCount / 10) * 10;
            _exactHosts[i] = RouteTableCases.Host(ten + random.Next(1, 10));
            _wildcardHosts[i] = RouteTableCases.Host(ten);
            _exactPaths[i] = $"/api/v{random.Next(3) * 3}/items";
            _prefixPaths[i] = $"/svc{random.Next(3) * 3}/sub/a/b/c";
        }
    }

    [Benchmark(OperationsPerInvoke = Requests, Description = "exact host, exact path")]
    public int Exact() => MatchAll(_exactHosts, _exactPaths);

    [Benchmark(OperationsPerInvoke = Requests, Description = "exact host, prefix of a 5-segment path, header rule")]
    public int Prefix() => MatchAll(_exactHosts, _prefixPaths);

    [Benchmark(OperationsPerInvoke = Requests, Description = "exact host, default /")]
    public int Default() => MatchAll(_exactHosts, null);

    [Benchmark(OperationsPerInvoke = Requests, Description = "wildcard host, prefix, header rule")]
    public int Wildcard() => MatchAll(_wildcardHosts, _prefixPaths);

    private int MatchAll(string[] hosts, string[]? paths)
    {
        int matched = 0;
        for (int i = 0; i < hosts.Length; i++)
        {
            var request = new BenchmarkRequest(paths is null ? "/other/path/x" : paths[i]);
            matched += _table.TryMatch(hosts[i], request, out _) == MatchOutcome.Matched ? 1 : 0;
        }

        return matched == hosts.Length ? matched : throw new InvalidOperationException("a request found no rule");
    }

    private readonly struct BenchmarkRequest(string path) : IRequestFacts
    {
        public string Method => "GET";

        public ReadOnlySpan<char> Path => path;

        public ReadOnlySpan<char> Query => [];

        public ClientAddress Client => default;

        public bool TryGetHeader(string name, out StringValues values)
        {
            bool found = name == "x-env";
            values = found ? "canary" : default;
            return found;
        }
    }
}
