using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>The cluster's objects by what refers to them. Lists are in key order, whatever order they came in.</summary>
internal sealed class ObjectIndex
{
    private readonly Dictionary<string, Service> _services = new(StringComparer.Ordinal);

    private readonly ILookup<string, EndpointSlice> _slices;

    private readonly Dictionary<string, ImmutableSortedDictionary<string, string>> _namespaceLabels = new(StringComparer.Ordinal);

    public ObjectIndex(ImmutableArray<ApiObject> objects)
    {
        Classes = Sorted<GatewayClass>(objects);
        Gateways = Sorted<Gateway>(objects);
        HttpRoutes = Sorted<HttpRoute>(objects);
        TcpRoutes = Sorted<TcpRoute>(objects);
        Grants = new ReferenceGrants(objects.OfType<ReferenceGrant>());
        _slices = objects.OfType<EndpointSlice>()
            .Where(s => s.ServiceName is not null)
            .ToLookup(s => $"{s.Meta.Namespace}/{s.ServiceName}", StringComparer.Ordinal);
        foreach (ApiObject item in objects)
        {
            if (item is Service service)
            {
                _services[service.Meta.Key] = service;
            }
            else if (item is Namespace ns)
            {
                _namespaceLabels[ns.Meta.Name] = WithName(ns.Meta.Labels, ns.Meta.Name);
            }
        }
    }

    public ImmutableArray<GatewayClass> Classes { get; }

    public ImmutableArray<Gateway> Gateways { get; }

    public ImmutableArray<HttpRoute> HttpRoutes { get; }

    public ImmutableArray<TcpRoute> TcpRoutes { get; }

    public ReferenceGrants Grants { get; }

    public Service? Service(string ns, string name) => _services.GetValueOrDefault($"{ns}/{name}");

    public IEnumerable<EndpointSlice> Slices(string ns, string service) => _slices[$"{ns}/{service}"];

    /// <summary>
    /// The namespace's labels; the API server sets kubernetes.io/metadata.name on all of them, so it also holds
    /// where the Namespace itself is in no manifest.
    /// </summary>
    public ImmutableSortedDictionary<string, string> NamespaceLabels(string ns) =>
        _namespaceLabels.TryGetValue(ns, out ImmutableSortedDictionary<string, string>? labels)
            ? labels
            : WithName(ImmutableSortedDictionary<string, string>.Empty, ns);

    private static ImmutableSortedDictionary<string, string> WithName(ImmutableSortedDictionary<string, string> labels, string name) =>
        labels.SetItem("kubernetes.io/metadata.name", name);

    private static ImmutableArray<T> Sorted<T>(ImmutableArray<ApiObject> objects) where T : ApiObject =>
        [.. objects.OfType<T>().OrderBy(o => o.Meta.Namespace, StringComparer.Ordinal).ThenBy(o => o.Meta.Name, StringComparer.Ordinal)];
}
