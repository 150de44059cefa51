using System.Collections.Immutable;
using System.Text.Json;
using NodeAgent.Controller.Cluster;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>
/// A store that is told of HTTPRoutes, Services and EndpointSlices by a watch for each namespace, a loop that reads it,
/// and beside them the plainest store there can be. Few names, so that things meet.
/// </summary>
internal sealed class WantedServicesWorld
{
    private static readonly string[] Namespaces = ["n", "m"];

    private static readonly string[] Names = ["a", "b", "c"];

    /// <summary>Routes of this name belong to others.</summary>
    private const string Foreign = "c";

    private readonly Random _random;
    private readonly WantedServices _services;
    private readonly (KindMirror Mirror, string Namespace)[] _mirrors;

    /// <summary>What the API server has.</summary>
    private readonly Dictionary<(string Kind, string Namespace, string Name), string> _server = [];

    /// <summary>The last version of each that could be read.</summary>
    private readonly Dictionary<(string Kind, string Namespace, string Name), ApiObject> _known = [];

    /// <summary>Services that something else than a route refers to.</summary>
    private readonly HashSet<(string Namespace, string Name)> _referred = [];

    private ImmutableArray<WantedObject> _looked = [];
    private SourceRead _read = new([], [], []);
    private long _version = -1;
    private bool _woken;

    public WantedServicesWorld(Random random)
    {
        _random = random;
        _services = new WantedServices(Store);
        _mirrors =
        [
            .. ClusterKind.All.Where(k => k.ByService || k is { Group: Groups.Gateway, Kind: "HTTPRoute" }).SelectMany(kind => Namespaces.Select(ns =>
            {
                var resource = new ApiResource(kind.Group, "v1", kind.Kind.ToLowerInvariant() + "s", kind.Kind, true);
                return (new KindMirror(Store, kind, (n, _) => n == ns, () => _woken = true, TimeProvider.System) { Resource = () => resource }, ns);
            })),
        ];
    }

    public ClusterStore Store { get; } = new();

    /// <summary>Services and EndpointSlices.</summary>
    public int Known => _known.Values.Count(o => o is not HttpRoute);

    /// <summary>What the last translation should have read.</summary>
    public string[] Expected => Text(_known.Values, Looked(_known.Values));

    /// <summary>What it has read.</summary>
    public string[] Served { get; private set; } = [];

    /// <summary>All that the store gives of Services.</summary>
    public string[] Given => [.. Store.Objects.Where(o => o is not HttpRoute).Select(Whole).Order(StringComparer.Ordinal)];

    /// <summary>Something looks for Services that no route names.</summary>
    public bool MoreThanRoutesName => _looked.Any(w => !_known.Values.OfType<HttpRoute>().Any(
        r => r.Backends.Any(b => (b.Namespace ?? r.Meta.Namespace, b.Name) == (w.Namespace, w.Name))));

    /// <summary>One thing happens: at the API server, on the way from there, or to what is referred to.</summary>
    public void Tell()
    {
        (KindMirror mirror, string ns) = _mirrors[_random.Next(_mirrors.Length)];
        string kind = mirror.Kind.Kind;
        (string, string, string) key = (kind, ns, Pick(Names));
        switch (_random.Next(10))
        {
            case 0:
            case 1:
                (string, string) service = (Pick(Namespaces), Pick(Names));
                _ = _referred.Add(service) || _referred.Remove(service);
                _woken = true;
                break;
            case 2:
                // Unheard, as while a watch is away.
                _ = _random.Next(3) == 0 ? _server.Remove(key) : (_server[key] = Item(key)) is not null;
                break;
            case 3:
                List(mirror, kind, ns, whole: true);
                break;
            case 4:
                List(mirror, kind, ns, whole: false);
                break;
            case 5 when _random.Next(5) == 0:
                Drop(mirror.NotServed, k => k.Kind == kind && k.Namespace == ns);
                break;
            case 6:
            case 7:
                _server.Remove(key);
                Drop(() => mirror.Removed(Json($$$"""{"metadata": {"namespace": "{{{ns}}}", "name": "{{{key.Item3}}}"}}""")), k => k == key);
                break;
            default:
                _server[key] = Item(key);
                Take(key, mirror.Changed);
                break;
        }
    }

    /// <summary>One pass of the loop.</summary>
    /// <param name="meanwhile">Called whenever something may come between.</param>
    /// <returns>How many translations that took.</returns>
    public int Pass(Action? meanwhile)
    {
        _woken = false;
        ApiObject[] before = [.. _known.Values];
        _services.Look();
        if (Store.Version != _version)
        {
            _version = Store.Version;
            _read = new SourceRead(Store.Objects, [], []);
        }

        SourceRead read = _read;
        int translations = 1;
        meanwhile?.Invoke();
        while (_services.Complete(read, Translate(read.Objects)) is SourceRead more)
        {
            read = more;
            Assert.Equal(read.Objects.Length, read.Objects.Select(o => (o.Kind, o.Meta.Key)).Distinct().Count());
            Assert.InRange(++translations, 2, Names.Length * Namespaces.Length);
            meanwhile?.Invoke();
        }

        HashSet<(string, string)> looked = Looked(read.Objects);
        Served = Text(read.Objects, looked);

        // What was there all the time must not be missed, whatever comes later.
        Assert.Superset(Text(before.Where(_known.ContainsValue), looked).ToHashSet(), Served.ToHashSet());
        _services.Settle();
        return translations;
    }

    /// <summary>Until there is nothing new for the loop.</summary>
    public void Rest()
    {
        while (_woken)
        {
            Pass(null);
        }
    }

    private static JsonElement Json(string text) => JsonDocument.Parse(text).RootElement;

    private static string Whole(ApiObject item) => JsonSerializer.Serialize(item, item.GetType());

    private static (string, string) ServiceOf(ApiObject item) => (item.Meta.Namespace, (item as EndpointSlice)?.ServiceName ?? item.Meta.Name);

    private static string[] Text(IEnumerable<ApiObject> objects, HashSet<(string, string)> services) =>
        [.. objects.Where(o => o is not HttpRoute && services.Contains(ServiceOf(o))).Select(Whole).Order(StringComparer.Ordinal)];

    /// <summary>What is referred to, and what by that: n/a, should it be there, wants n/b, and that wants n/c.</summary>
    private HashSet<(string, string)> Looked(IEnumerable<ApiObject> objects)
    {
        HashSet<string> there = [.. objects.OfType<Service>().Where(s => s.Meta.Namespace == "n").Select(s => s.Meta.Name)];
        HashSet<(string, string)> looked =
        [
            .. _referred,
            .. objects.OfType<HttpRoute>().Where(r => r.Meta.Name != Foreign)
                .SelectMany(r => r.Backends.Select(b => (b.Namespace ?? r.Meta.Namespace, b.Name))),
        ];
        foreach ((string from, string to) in new[] { ("a", "b"), ("b", "c") })
        {
            if (looked.Contains(("n", from)) && there.Contains(from))
            {
                looked.Add(("n", to));
            }
        }

        return looked;
    }

    /// <summary>As translation lists it: sorted, the same list and the same entries where they are as before.</summary>
    private ImmutableArray<WantedObject> Translate(IEnumerable<ApiObject> objects)
    {
        WantedObject[] now = [.. Looked(objects).Order().Select(s => new WantedObject("Service", s.Item1, s.Item2))];
        return _looked.SequenceEqual(now) ? _looked : _looked = [.. now.Select(n => _looked.FirstOrDefault(l => l == n) ?? n)];
    }

    private void List(KindMirror mirror, string kind, string ns, bool whole)
    {
        mirror.ListBegins();
        (string, string, string)[] keys = [.. _server.Keys.Where(k => k.Kind == kind && k.Namespace == ns)];
        foreach ((string, string, string) key in whole ? keys : keys.Take(1))
        {
            Take(key, mirror.Listed);
        }

        if (whole)
        {
            Drop(mirror.ListEnds, k => k.Kind == kind && k.Namespace == ns && !keys.Contains(k));
        }
        else
        {
            mirror.ListFails();
        }
    }

    private void Take((string Kind, string, string) key, Action<JsonElement> tell)
    {
        JsonElement item = Json(_server[key]);
        string group = key.Kind switch { "Service" => "", "HTTPRoute" => $"{Groups.Gateway}/", _ => "discovery.k8s.io/" };
        if (ApiDecoder.DecodeWatched(item, $"{group}v1", key.Kind).Decoded is ApiObject read)
        {
            _known[key] = read with { Meta = read.Meta with { Labels = ImmutableSortedDictionary<string, string>.Empty } };
        }

        tell(item);
    }

    private void Drop(Action tell, Func<(string Kind, string Namespace, string Name), bool> gone)
    {
        foreach ((string, string, string) key in _known.Keys.Where(gone).ToArray())
        {
            _known.Remove(key);
        }

        tell();
    }

    /// <summary>One in eight cannot be read.</summary>
    private string Item((string Kind, string Namespace, string Name) key)
    {
        int port = _random.Next(8);
        string meta = $"\"namespace\": \"{key.Namespace}\", \"name\": \"{key.Name}\", \"generation\": {_random.Next(1, 3)}";
        return key.Kind switch
        {
            "HTTPRoute" => $$$"""
                {"metadata": {{{{meta}}}}, "spec": {"rules": [{"backendRefs": [
                 {"name": "{{{Pick(Names)}}}", "port": 1}, {"namespace": "{{{Pick(Namespaces)}}}", "name": "{{{Pick(Names)}}}", "port": {{{port}}}}]}]}}
                """,
            "Service" => $$$"""{"metadata": {{{{meta}}}}, "spec": {"ports": [{"port": {{{port}}}}]}}""",
            _ => $$$"""
                {"metadata": {{{{meta}}}, "labels": {"kubernetes.io/service-name": "{{{Pick(Names)}}}"}},
                 "addressType": "IPv4", "ports": [{"port": {{{port}}}}], "endpoints": [{"addresses": ["10.0.0.{{{_random.Next(1, 3)}}}"]}]}
                """,
        };
    }

    private string Pick(string[] from) => from[_random.Next(from.Length)];
}
