using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;
using NodeAgent.Translator.Graph.Policies;
using NodeAgent.Translator.Legacy;
using NodeAgent.Translator.Legacy.Conversion;
using NodeAgent.Translator.Legacy.Statuses;

namespace NodeAgent.Translator;

/// <summary>
/// <see cref="GatewayTranslator.Translate"/> for a state that changes: gives the same results, at the cost of what
/// changed since the last time instead of the size of the whole. For one thread.
/// </summary>
public sealed class IncrementalTranslator
{
    private readonly SortedOutput<string, Resource> _resources = new(r => r.Id, StringComparer.Ordinal);

    private readonly SortedOutput<StatusKey, ObjectStatus> _statuses = new(StatusKey.Of, Comparer<StatusKey>.Default);

    private readonly SortedOutput<string, OwnedObject> _owned = new(o => o.Gateway, StringComparer.Ordinal);

    private readonly Dictionary<string, OwnedObject> _ownedBy = new(StringComparer.Ordinal);

    private readonly Dictionary<StatusKey, ObjectStatus> _told = [];

    private readonly LegacyStatuses _legacy = new();

    private readonly Dictionary<string, ImmutableArray<StatusKey>> _ofGateway = new(StringComparer.Ordinal);

    private ImmutableArray<StatusKey> _ofClasses = [];

    private GatewayGraph? _graph;

    private DataPlaneFeatures _features;

    private ImmutableArray<string>? _staticRoots;

    private bool _inCluster;

    private ImmutableArray<ApiObject> _objects = [];

    private ConfigSnapshot _snapshot = ConfigSnapshot.Empty;

    /// <summary>Never throws for what a user wrote.</summary>
    public Translation Translate(ClusterState state)
    {
        if (_graph is null || _features != state.Features || _staticRoots != state.StaticRoots || _inCluster != state.InCluster)
        {
            _graph = new GatewayGraph(state.Features, state.StaticRoots, state.InCluster);
            (_features, _staticRoots, _inCluster) = (state.Features, state.StaticRoots, state.InCluster);
            Clear();
        }

        try
        {
            return Update(_graph, state);
        }
        catch
        {
            // A mistake of ours: what was changed by half is thrown away, or the rest of the change would be lost for ever.
            _graph = null;
            throw;
        }
    }

    /// <summary>What is wrong in the state of the last translation.</summary>
    internal ImmutableArray<Finding> Findings(ImmutableArray<ObjectStatus> statuses)
    {
        var routes = new Dictionary<(string, string, string), RouteObject>();
        foreach (RouteObject route in _objects.OfType<RouteObject>())
        {
            routes[(route.Group, route.Kind, route.Meta.Key)] = route;
        }

        ConditionPlaces places = ConditionPlaces.Of(_graph!);
        return
        [
            .. statuses.SelectMany(status => FindingReader.Of(
                status,
                routes.GetValueOrDefault((FindingReader.GroupOf(status.ApiVersion), status.Kind, FindingReader.KeyOf(status))),
                places)),
        ];
    }

    private Translation Update(GatewayGraph graph, ClusterState state)
    {
        List<ObjectChange> changes = ObjectDiff.Between(_objects, state.Objects);
        _objects = state.Objects;
        var delta = new GraphDelta();
        graph.Update(changes, state.Observed, state.Addresses, delta);
        foreach ((string id, Resource? resource) in delta.Resources)
        {
            _resources.Set(id, resource);
        }

        TellStatuses(delta, graph);
        ImmutableArray<Resource> resources = _resources.Take();
        if (resources != _snapshot.Resources)
        {
            _snapshot = ConfigSnapshot.FromSorted(resources);
        }

        return new Translation(_snapshot, _statuses.Take(), graph.Addresses)
        {
            Objects = _owned.Take(),
            Wanted = graph.Wanted,
            Services = graph.Services,
            ClassesInUse = graph.ClassesInUse,
        };
    }

    private void Clear()
    {
        _objects = [];
        foreach (Resource resource in _resources.Take())
        {
            _resources.Set(resource.Id, null);
        }

        foreach (StatusKey key in _told.Keys)
        {
            _statuses.Set(key, null);
        }

        foreach (string gateway in _ownedBy.Keys)
        {
            _owned.Set(gateway, null);
        }

        _ownedBy.Clear();
        _told.Clear();
        _legacy.Clear();
        _ofGateway.Clear();
        _ofClasses = [];
    }

    private void TellStatuses(GraphDelta delta, GatewayGraph graph)
    {
        if (delta.ClassesChanged)
        {
            _ofClasses = Tell(_ofClasses, graph.Classes.Select(StatusBuilder.Of));
        }

        TellGateways(delta, graph);

        foreach (RouteEntry route in delta.Routes)
        {
            route.Statuses = Tell(route.Statuses, route.Node is RouteNode node ? [StatusBuilder.Of(node)] : []);
        }

        foreach (PolicyEntry policy in delta.Policies)
        {
            policy.Statuses = Tell(policy.Statuses, policy.Status);
        }

        foreach ((LegacyEntry entry, ObjectStatus? status) in _legacy.Renew(graph.Legacy))
        {
            entry.Statuses = Tell(entry.Statuses, status is null ? [] : [status]);
        }
    }

    /// <summary>A ListenerSet may go from one Gateway to another: what has gone here is only gone if it came nowhere else.</summary>
    private void TellGateways(GraphDelta delta, GatewayGraph graph)
    {
        var before = new HashSet<StatusKey>();
        var after = new HashSet<StatusKey>();
        foreach (string key in delta.Gateways)
        {
            GatewayNode? node = graph.Gateway(key);
            before.UnionWith(_ofGateway.GetValueOrDefault(key, []));
            _ofGateway[key] = Tell([], node is null ? [] : StatusBuilder.Of(node, graph));
            after.UnionWith(_ofGateway[key]);
            if (node is null)
            {
                _ofGateway.Remove(key);
            }

            // Nobody looks for objects of a Gateway of the original API, and none can bear its converted name.
            bool owns = node is not null && !ConvertedNames.Is(node.Gateway.Meta.Name);
            Own(key, owns ? OwnedObjects.ServiceOf(node!.Gateway) : null);
        }

        foreach (StatusKey gone in before.Except(after).Where(k => !_legacy.Drop(k)))
        {
            _told.Remove(gone);
            _statuses.Set(gone, null);
        }
    }

    /// <summary>One that is as before stays the same object, and so does the list.</summary>
    private void Own(string gateway, OwnedObject? item)
    {
        if (!Equals(item, _ownedBy.GetValueOrDefault(gateway)))
        {
            _owned.Set(gateway, item);
            _ = item is null ? _ownedBy.Remove(gateway) : (_ownedBy[gateway] = item) is not null;
        }
    }

    /// <summary>Exchanges the statuses of one node; those that say the same as before stay the same object.</summary>
    private ImmutableArray<StatusKey> Tell(ImmutableArray<StatusKey> before, IEnumerable<ObjectStatus> statuses)
    {
        var now = ImmutableArray.CreateBuilder<StatusKey>();
        foreach (ObjectStatus status in statuses)
        {
            StatusKey key = StatusKey.Of(status);
            now.Add(key);
            if (_legacy.Take(status))
            {
                continue;
            }

            if (!_told.TryGetValue(key, out ObjectStatus? told)
                || told.Generation != status.Generation
                || told.Uid != status.Uid
                || !JsonNode.DeepEquals(told.Status, status.Status))
            {
                _told[key] = status;
                _statuses.Set(key, status);
            }
        }

        foreach (StatusKey key in before)
        {
            if (!now.Contains(key) && !_legacy.Drop(key))
            {
                _told.Remove(key);
                _statuses.Set(key, null);
            }
        }

        return now.DrainToImmutable();
    }
}
