using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Tests.Properties;

/// <summary>HTTPFilters, HTTPMatches and StaticFiles, good and bad, and references to them.</summary>
internal sealed class RandomExtensions(Random random)
{
    public HttpFilter Filter(ObjectMeta meta) => random.Next(7) switch
    {
        0 => new HttpFilter(meta) { RateLimit = new RateLimitSpec(5, "Minute", null, new RateLimitKeySpec("Header", "X-Key"), 100) },
        1 => new HttpFilter(meta) { DirectResponse = new DirectResponseSpec(200, [new NameValue(Pick("X-A", "Connection"), "v")], "body") },
        2 => new HttpFilter(meta) { IpAccess = new IpAccessSpec(["10.0.0.1/8", "::1"], []) },
        3 => new HttpFilter(meta) { BasicAuth = new BasicAuthSpec(Pick("cert0", "gone"), "realm") },
        4 => new HttpFilter(meta) { MaxRequestBytes = 10 },
        5 => new HttpFilter(meta) { Compression = new CompressionSpec(["gzip"], 0, ["text/*"]) },
        _ => new HttpFilter(meta),
    };

    public HttpMatchObject Match(ObjectMeta meta) => new(
        meta,
        Pick<ImmutableArray<string>>([], ["10.1.2.3/8", "10.0.0.0/8"]),
        [new CookieCondition("c", Pick("Exact", "RegularExpression"), Pick("v", "["))],
        [new HeaderCondition("X-H", Pick("Present", "Absent"))]);

    public StaticFiles Files(ObjectMeta meta) => new(
        meta,
        new ConfigMapFiles(Pick("ca0", "ca1", "gone"), Pick<ImmutableArray<ConfigMapFile>>([], [new ConfigMapFile(Pick("ca.crt", "gone"), "a/b")])),
        null,
        Pick("", "index.html"),
        null,
        [new ContentTypeSpec(".A", "text/plain"), new ContentTypeSpec(".a", "text/html")]);

    public ObjectReference Reference() => new(
        Pick(Groups.NodeAgent, Groups.NodeAgent, Groups.NodeAgent, "x.io"), Pick("HTTPFilter", "HTTPMatch", "Ext"), Pick("ext0", "ext1", "gone"), null);

    private T Pick<T>(params T[] from) => from[random.Next(from.Length)];
}
