using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Policies;
using NodeAgent.Translator.Graph.Routes;
using NodeAgent.Translator.Graph.Tracking;
using NodeAgent.Translator.Legacy;

namespace NodeAgent.Translator.Graph;

/// <summary>
/// Everything that is ours, resolved, with its conditions: what both the snapshot and the statuses are read from, so
/// that they cannot disagree. Kept from one translation to the next; a change computes anew only those nodes that
/// read what changed, in this order: Gateways, routes, targets, policies. Each may only read what comes before it.
/// </summary>
internal sealed class GatewayGraph(DataPlaneFeatures features, ImmutableArray<string>? staticRoots, bool inCluster)
{
    private readonly ObjectIndex _index = new(features, staticRoots, inCluster);

    private readonly GatewayLayer _layer = new();

    private readonly LegacyLayer _legacy = new();

    private readonly Dictionary<(Type, string), RouteEntry> _routes = [];

    private readonly Dictionary<(Type, string), PolicyEntry> _policies = [];

    private readonly TargetTable _targets = new();

    /// <summary>Gateway key and listener position to the number of routes it accepted.</summary>
    private readonly Dictionary<(string Gateway, int Listener), int> _attached = [];

    private readonly Dictionary<string, GatewayNode> _gateways = new(StringComparer.Ordinal);

    private readonly HashSet<TrackedNode> _dirty = [];

    private Observed _observed = Observed.AllBound;

    private AddressSpace _space = AddressSpace.None;

    private bool _fresh = true;

    public ObjectIndex Index => _index;

    public LegacyLayer Legacy => _legacy;

    public ImmutableArray<GatewayClassNode> Classes => _layer.Classes;

    public ImmutableSortedDictionary<string, PoolAddresses> Addresses => _layer.Addresses;

    /// <inheritdoc cref="Translation.Wanted"/>
    public ImmutableArray<WantedObject> Wanted => _index.Wanted;

    /// <inheritdoc cref="Translation.Services"/>
    public ImmutableArray<WantedObject> Services => _index.Services;

    /// <inheritdoc cref="Translation.ClassesInUse"/>
    public ImmutableArray<ClassInUse> ClassesInUse => _layer.ClassesInUse;

    public GatewayNode? Gateway(string key) => _gateways.GetValueOrDefault(key);

    public IEnumerable<GatewayNode> Gateways => _gateways.Values;

    public IEnumerable<RouteNode> Routes => _routes.Values.Select(r => r.Node).OfType<RouteNode>();

    /// <param name="listener">Position in the Gateway's listeners.</param>
    public int AttachedRoutes(string gateway, int listener) => _attached.GetValueOrDefault((gateway, listener));

    /// <summary>Takes in the changes and tells <paramref name="delta"/> of every output that may be another now.</summary>
    public void Update(IEnumerable<ObjectChange> changes, Observed observed, AddressSpace space, GraphDelta delta)
    {
        _dirty.Clear();
        foreach (ObjectChange change in changes)
        {
            Take(change);
        }

        _legacy.Update(_index, _dirty, Take);

        if (_fresh || _dirty.Any(n => n is GatewayLayer or GatewayEntry) || !Same(observed, space))
        {
            (_fresh, _observed, _space) = (false, observed, space);
            ImmutableArray<GatewayClassNode> classes = _layer.Classes;
            _layer.Update(_index, observed, space, _dirty, (key, node) => Exchange(key, node, delta));
            delta.ClassesChanged |= !classes.SequenceEqual(_layer.Classes);
        }

        UpdateRoutes(delta);
        _targets.Update(_index, _dirty, delta.Resource);
        foreach (PolicyEntry policy in _dirty.OfType<PolicyEntry>().ToArray())
        {
            policy.Status = _index.Track(policy, () => policy.Type.Status(policy.Object, _index));
            delta.Policies.Add(policy);
        }

        void Take(ObjectChange change)
        {
            _index.Apply(change, _dirty);
            if ((change.After ?? change.Before) is LegacyObject)
            {
                _legacy.Enter(change, _index, _dirty, Take);
            }

            Enter(change, delta);
        }
    }

    private bool Same(Observed observed, AddressSpace space) =>
        observed.BindFailures.SequenceEqual(_observed.BindFailures)
        && space.Pools.SequenceEqual(_space.Pools)
        && (ReferenceEquals(space.Remembered, _space.Remembered) || space.Remembered.SequenceEqual(_space.Remembered));

    /// <summary>Routes and policies are nodes of their own, dirty whenever their object changes.</summary>
    private void Enter(ObjectChange change, GraphDelta delta)
    {
        ApiObject item = change.After ?? change.Before!;
        (Type, string) id = (item.GetType(), item.Meta.Key);
        if (item is RouteObject)
        {
            if (change.After is RouteObject after)
            {
                RouteEntry entry = _routes.TryGetValue(id, out RouteEntry? known) ? known : _routes[id] = new RouteEntry(after);
                entry.Route = after;
                _dirty.Add(entry);
            }
            else if (_routes.Remove(id, out RouteEntry? gone))
            {
                Replace(gone, null, delta);
                _index.Forget(gone);
                _dirty.Remove(gone);
            }
        }
        else if (PolicyTypes.Find(item) is PolicyType type)
        {
            if (change.After is ApiObject after)
            {
                PolicyEntry entry = _policies.TryGetValue(id, out PolicyEntry? known) ? known : _policies[id] = new PolicyEntry(type, after);
                entry.Object = after;
                _dirty.Add(entry);
            }
            else if (_policies.Remove(id, out PolicyEntry? gone))
            {
                _index.Forget(gone);
                _dirty.Remove(gone);
                gone.Status = [];
                delta.Policies.Add(gone);
            }
        }
    }

    private void Exchange(string key, GatewayNode? node, GraphDelta delta)
    {
        GatewayNode? old = _gateways.GetValueOrDefault(key);
        _targets.Refer(old?.Targets ?? [], node?.Targets ?? []);
        if (node is null)
        {
            _gateways.Remove(key);
        }
        else
        {
            _gateways[key] = node;
        }

        _index.SetGateway(key, node, _dirty);
        delta.Gateways.Add(key);
        Resource? before = Build(old);
        Resource? resource = Build(node);
        if (!Equals(before, resource))
        {
            delta.Resource(GatewayResource.IdOf(key), resource);
        }

        static Resource? Build(GatewayNode? gateway) => gateway is { Served: true } ? SnapshotBuilder.Gateway(gateway) : null;
    }

    private void UpdateRoutes(GraphDelta delta)
    {
        foreach (RouteEntry entry in _dirty.OfType<RouteEntry>().ToArray())
        {
            RouteNode? node = _index.Track(entry, () => RouteNode.Of(entry.Route, _index));
            Replace(entry, node, delta);
        }
    }

    private void Replace(RouteEntry entry, RouteNode? node, GraphDelta delta)
    {
        ImmutableArray<RouteParent> parents = node is null ? [] : SnapshotBuilder.Parents(node);
        Resource? resource = node is null || parents.IsEmpty ? null : node.Type.Build(node.Route, node.Body, parents);
        ImmutableArray<SnapshotTarget> targets = resource is null ? [] : node!.Body.Targets;
        ImmutableArray<(string Gateway, int Listener)> attached = node is null
            ? []
            : [.. node.Parents.SelectMany(p => p.Listeners.Select(l => (p.Gateway.Gateway.Meta.Key, l.Listener))).Distinct()];
        ImmutableArray<(string Subject, string Gateway)> uses = Uses(resource is null ? null : node!.Body, attached);

        _targets.Refer(entry.Targets, targets);
        Count(entry.Attached, attached, delta);
        foreach ((string subject, string gateway) in uses)
        {
            _index.CountUse(subject, gateway, 1, _dirty);
        }

        foreach ((string subject, string gateway) in entry.Uses)
        {
            _index.CountUse(subject, gateway, -1, _dirty);
        }

        if (!Equals(entry.Resource, resource))
        {
            delta.Resource((resource ?? entry.Resource)!.Id, resource);
            entry.Resource = resource;
        }

        (entry.Node, entry.Targets, entry.Attached, entry.Uses) = (node, targets, attached, uses);
        delta.Routes.Add(entry);
    }

    private static ImmutableArray<(string Subject, string Gateway)> Uses(
        RouteBody? body, ImmutableArray<(string Gateway, int Listener)> attached)
    {
        string[] subjects = body is null
            ? []
            : [.. body.Targets.Select(t => t.Subject).Concat(body.Unresolved.Select(p => p.Subject)).OfType<string>().Distinct()];
        string[] gateways = [.. attached.Select(a => a.Gateway).Distinct()];
        return [.. subjects.SelectMany(s => gateways.Select(g => (s, g)))];
    }

    /// <summary>A route counts once per listener, however many of its parentRefs lead there.</summary>
    private void Count(
        ImmutableArray<(string Gateway, int Listener)> before, ImmutableArray<(string Gateway, int Listener)> after, GraphDelta delta)
    {
        if (before.SequenceEqual(after))
        {
            return;
        }

        foreach ((string Gateway, int Listener) listener in after)
        {
            _attached[listener] = _attached.GetValueOrDefault(listener) + 1;
            delta.Gateways.Add(listener.Gateway);
        }

        foreach ((string Gateway, int Listener) listener in before)
        {
            int rest = _attached[listener] - 1;
            _ = rest == 0 ? _attached.Remove(listener) : (_attached[listener] = rest) > 0;
            delta.Gateways.Add(listener.Gateway);
        }
    }
}
