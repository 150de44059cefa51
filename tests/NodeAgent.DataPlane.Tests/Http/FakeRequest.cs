using Microsoft.Extensions.Primitives;
using NodeAgent.DataPlane.Http;
using NodeAgent.DataPlane.Http.Extensions;

namespace NodeAgent.DataPlane.Tests.Http;

internal readonly struct FakeRequest : IRequestFacts
{
    private readonly string _method;
    private readonly string _path;
    private readonly string _query;
    private readonly Dictionary<string, StringValues> _headers;

    public FakeRequest(string method, string target, params (string Name, StringValues Values)[] headers)
    {
        int questionMark = target.IndexOf('?', StringComparison.Ordinal);
        _method = method;
        _path = questionMark < 0 ? target : target[..questionMark];
        _query = questionMark < 0 ? "" : target[(questionMark + 1)..];
        _headers = headers.ToDictionary(h => h.Name, h => h.Values, StringComparer.OrdinalIgnoreCase);
    }

    public string Method => _method;

    public ReadOnlySpan<char> Path => _path;

    public ReadOnlySpan<char> Query => _query;

    public ClientAddress Client { get; init; }

    public bool TryGetHeader(string name, out StringValues values) => _headers.TryGetValue(name, out values);

    public override string ToString() =>
        $"{_method} {_path}?{_query} {string.Join(' ', _headers.Select(h => $"{h.Key}={h.Value}"))}";
}
