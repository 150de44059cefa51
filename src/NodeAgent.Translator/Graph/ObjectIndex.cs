using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Tracking;

namespace NodeAgent.Translator.Graph;

/// <summary>
/// All that translation reads, and the only way to read it: each look is noted, so that a later change computes anew
/// only what looked at what changed. For one thread.
/// </summary>
/// <param name="staticRoots">Null: nobody here knows which folders a node allows.</param>
/// <param name="inCluster">See <see cref="ClusterState.InCluster"/>.</param>
internal sealed class ObjectIndex(DataPlaneFeatures features, ImmutableArray<string>? staticRoots = null, bool inCluster = false)
{
    private readonly Dictionary<Type, KindTable> _kinds = [];

    /// <summary>By NS/NAME; computed from objects, and read by routes and policies like an object.</summary>
    private readonly Dictionary<string, GatewayNode> _gateways = new(StringComparer.Ordinal);

    private readonly Usage _usage = new();

    private readonly Dependents _dependents = new();

    private readonly HashSet<ReadKey> _reads = [];

    private bool _tracking;

    /// <summary>What the data plane behind this translation can serve; constant for the life of an index.</summary>
    public bool Serves(DataPlaneFeatures feature) => (features & feature) == feature;

    /// <summary>Whether the operator lets StaticFiles serve this folder, as far as that is known; constant for the life of an index.</summary>
    public bool AllowsFolder(string folder) => staticRoots is not { } roots
        ? !inCluster
        : roots.Any(r => folder.TrimEnd('/') == r.TrimEnd('/') || folder.StartsWith(r.TrimEnd('/') + "/", StringComparison.Ordinal));

    /// <summary>Constant for the life of an index.</summary>
    public bool InCluster => inCluster;

    /// <inheritdoc cref="Translation.Wanted"/>
    public ImmutableArray<WantedObject> Wanted => _dependents.Wanted;

    /// <inheritdoc cref="Translation.Services"/>
    public ImmutableArray<WantedObject> Services => _dependents.Services;

    /// <param name="ns">Empty for cluster-scoped kinds.</param>
    public T? Find<T>(string ns, string name) where T : ApiObject
    {
        string key = ns.Length == 0 ? name : $"{ns}/{name}";
        Note(ReadKey.One<T>(key));
        return _kinds.TryGetValue(typeof(T), out KindTable? table) ? (T?)table.Find(key) : null;
    }

    /// <summary>In the order of namespace, then name.</summary>
    public IEnumerable<T> All<T>() where T : ApiObject
    {
        Note(ReadKey.All<T>());
        return _kinds.TryGetValue(typeof(T), out KindTable? table) ? table.All().Cast<T>() : [];
    }

    /// <summary>Those with <paramref name="link"/> among their <see cref="ApiObject.Links"/>, in the order of namespace, then name.</summary>
    public IEnumerable<T> Linked<T>(string link) where T : ApiObject
    {
        Note(ReadKey.Linked<T>(link));
        return _kinds.TryGetValue(typeof(T), out KindTable? table) ? table.Linked(link).Cast<T>() : [];
    }

    /// <param name="key"><c>NS/NAME</c>.</param>
    /// <returns>Null when there is none of a class of ours.</returns>
    public GatewayNode? Gateway(string key)
    {
        Note(ReadKey.One<GatewayNode>(key));
        return _gateways.GetValueOrDefault(key);
    }

    /// <summary>Of classes of ours, in the order of their keys.</summary>
    public IEnumerable<GatewayNode> Gateways()
    {
        Note(ReadKey.All<GatewayNode>());
        return _gateways.OrderBy(g => g.Key, StringComparer.Ordinal).Select(g => g.Value);
    }

    /// <summary>The keys of the Gateways whose attached routes refer to <paramref name="subject"/>, in order.</summary>
    /// <param name="subject">See <see cref="SnapshotTarget.Subject"/>.</param>
    public ImmutableArray<string> GatewaysUsing(string subject)
    {
        Note(ReadKey.One<Usage>(subject));
        return _usage.GatewaysOf(subject);
    }

    /// <summary>Whether a ReferenceGrant permits it; references inside a namespace need none.</summary>
    public bool Permits(GrantFrom from, string toGroup, string toKind, string toNamespace, string toName) =>
        from.Namespace == toNamespace
        || Linked<ReferenceGrant>(toNamespace).Any(g => ReferenceGrants.Permits(g, from, toGroup, toKind, toName));

    /// <summary>The only way to EndpointSlices: whoever reads those of a Service is known to read the Service.</summary>
    public IEnumerable<EndpointSlice> Slices(string ns, string service)
    {
        Note(ReadKey.One<Service>($"{ns}/{service}"));
        return Linked<EndpointSlice>($"Service/{ns}/{service}");
    }

    /// <summary>
    /// The namespace's labels; the API server sets kubernetes.io/metadata.name on all of them, so it also holds
    /// where the Namespace itself is in no manifest.
    /// </summary>
    public ImmutableSortedDictionary<string, string> NamespaceLabels(string ns) =>
        (Find<Namespace>("", ns)?.Meta.Labels ?? ImmutableSortedDictionary<string, string>.Empty)
        .SetItem("kubernetes.io/metadata.name", ns);

    /// <summary>Computes for <paramref name="node"/> and remembers what that looked at.</summary>
    public T Track<T>(TrackedNode node, Func<T> compute)
    {
        if (_tracking)
        {
            throw new InvalidOperationException("computations of nodes do not nest");
        }

        _tracking = true;
        try
        {
            T result = compute();
            _dependents.Register(node, _reads);
            return result;
        }
        finally
        {
            _reads.Clear();
            _tracking = false;
        }
    }

    public void Forget(TrackedNode node) => _dependents.Forget(node);

    /// <summary>Replaces one object and adds to <paramref name="dirty"/> whoever had looked at it or for it.</summary>
    public void Apply(ObjectChange change, HashSet<TrackedNode> dirty)
    {
        ApiObject any = change.After ?? change.Before!;
        Type kind = any.GetType();
        if (!_kinds.TryGetValue(kind, out KindTable? table))
        {
            _kinds[kind] = table = new KindTable();
        }

        Touch(new ReadKey(kind, ReadShape.One, any.Meta.Key), dirty);
        Touch(new ReadKey(kind, ReadShape.All, ""), dirty);
        foreach (string link in (change.Before?.Links ?? []).AddRange(change.After?.Links ?? []))
        {
            Touch(new ReadKey(kind, ReadShape.Linked, link), dirty);
        }

        if (change.Before is not null)
        {
            table.Remove(change.Before);
        }

        if (change.After is not null)
        {
            table.Put(change.After);
        }
    }

    /// <param name="node">Null when the Gateway is gone.</param>
    public void SetGateway(string key, GatewayNode? node, HashSet<TrackedNode> dirty)
    {
        if (node is null)
        {
            _gateways.Remove(key);
        }
        else
        {
            _gateways[key] = node;
        }

        Touch(ReadKey.One<GatewayNode>(key), dirty);
        Touch(ReadKey.All<GatewayNode>(), dirty);
    }

    /// <param name="by">+1 or -1.</param>
    public void CountUse(string subject, string gateway, int by, HashSet<TrackedNode> dirty)
    {
        if (_usage.Count(subject, gateway, by))
        {
            Touch(ReadKey.One<Usage>(subject), dirty);
        }
    }

    private void Touch(ReadKey key, HashSet<TrackedNode> dirty) => _dependents.CollectReaders(key, dirty);

    private void Note(ReadKey read)
    {
        if (_tracking)
        {
            _reads.Add(read);
        }
    }
}
