using BenchmarkDotNet.Attributes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeAgent.DataPlane.Http;

namespace NodeAgent.Benchmarks;

/// <summary>What judging costs a request with a browser's headers. The enumerator it allocates is the dictionary's.</summary>
[MemoryDiagnoser, MinColumn, MedianColumn]
public class RequestGuardBenchmark
{
    private readonly HttpRequestFeature _plain = Request("/api/v1/items/42?fields=name");
    private readonly HttpRequestFeature _rewritten = Request("/api/v1/%69tems/./42?fields=name");

    [Benchmark(Baseline = true, Description = "path in normal form")]
    public int Plain() => Check(_plain);

    [Benchmark(Description = "path to be normalised")]
    public int Rewritten() => Check(_rewritten);

    private static int Check(HttpRequestFeature request) =>
        RequestGuard.Check(request, allowConnect: false, out RequestTarget target) == RequestFault.None
            ? target.Path.Length
            : throw new InvalidOperationException("a good request was refused");

    private static HttpRequestFeature Request(string target) => new()
    {
        Method = "GET",
        RawTarget = target,
        Protocol = "HTTP/1.1",
        Headers = new HeaderDictionary
        {
            ["Host"] = "app42.example.com",
            ["User-Agent"] = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
            ["Accept"] = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            ["Accept-Language"] = "en-US,en;q=0.5",
            ["Accept-Encoding"] = "gzip, deflate, br",
            ["Cookie"] = "session=0123456789abcdef0123456789abcdef",
            ["Connection"] = "keep-alive",
        },
    };
}
