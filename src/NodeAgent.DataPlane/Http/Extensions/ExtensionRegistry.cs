using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>
/// The extensions in use, by HTTPFilter. What one has counted or verified lives on from snapshot to snapshot while its filter stays as it
/// is, and is shared by all rules that name the filter. Used by the one caller that applies snapshots.
/// </summary>
internal sealed class ExtensionRegistry
{
    private static readonly HttpExtension[] None = [];

    private readonly Dictionary<string, (ExtensionFilter Filter, HttpExtension Extension)> _known = new(StringComparer.Ordinal);

    /// <summary>Whether any is in use.</summary>
    public bool Any => _known.Count > 0;

    public HttpExtension[] Of(HttpFilters? filters) =>
        filters?.Extensions is { IsDefaultOrEmpty: false } list ? [.. list.Select(Of)] : None;

    /// <summary>Forgets the extensions that none of <paramref name="rules"/> names.</summary>
    public void KeepOnly(IEnumerable<HttpRule> rules)
    {
        if (_known.Count == 0)
        {
            return;
        }

        HashSet<string> named =
        [
            .. rules.SelectMany(r => r.Backends.Select(b => b.Filters).Append(r.Filters))
                .SelectMany(f => f?.Extensions ?? []).Select(e => e.Name),
        ];
        foreach (string gone in _known.Keys.Where(k => !named.Contains(k)).ToArray())
        {
            _known.Remove(gone);
        }
    }

    private HttpExtension Of(ExtensionFilter filter)
    {
        if (_known.TryGetValue(filter.Name, out (ExtensionFilter Filter, HttpExtension Extension) known)
            && (known.Filter == filter || (filter is BasicAuthFilter auth && known.Extension is BasicAuth same && same.Serves(auth))))
        {
            return known.Extension;
        }

        HttpExtension made = filter switch
        {
            RateLimitFilter rate => new RateLimit(rate),
            DirectResponseFilter direct => new DirectResponse(direct),
            IpAccessFilter access => new IpAccess(access),
            BasicAuthFilter basic => new BasicAuth(basic),
            RequestSizeFilter size => new RequestSize(size),
            CompressionFilter compression => new Compression(compression),
            _ => new UnknownExtension(),
        };
        _known[filter.Name] = (filter, made);
        return made;
    }

    /// <summary>A snapshot of a newer controller: what we cannot do must not be passed by.</summary>
    private sealed class UnknownExtension : HttpExtension
    {
        public override ValueTask<bool> AdmitAsync(ProxyContext context)
        {
            context.Fail(Microsoft.AspNetCore.Http.StatusCodes.Status500InternalServerError, "unknown_extension", FaultSide.Node);
            return new ValueTask<bool>(false);
        }
    }
}
