using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;
using NodeAgent.Translator.Graph.Policies;

namespace NodeAgent.Translator;

/// <summary>
/// <see cref="GatewayTranslator.Translate"/> for a state that changes: gives the same results, at the cost of what
/// changed since the last time instead of the size of the whole. For one thread.
/// </summary>
public sealed class IncrementalTranslator
{
    private readonly SortedOutput<string, Resource> _resources = new(r => r.Id, StringComparer.Ordinal);

    private readonly SortedOutput<StatusKey, ObjectStatus> _statuses = new(StatusKey.Of, Comparer<StatusKey>.Default);

    private readonly Dictionary<StatusKey, ObjectStatus> _told = [];

    private readonly Dictionary<string, ImmutableArray<StatusKey>> _ofGateway = new(StringComparer.Ordinal);

    private ImmutableArray<StatusKey> _ofClasses = [];

    private GatewayGraph? _graph;

    private DataPlaneFeatures _features;

    private ImmutableArray<string>? _staticRoots;

    private ImmutableArray<ApiObject> _objects = [];

    private ConfigSnapshot _snapshot = ConfigSnapshot.Empty;

    /// <summary>Never throws for what a user wrote.</summary>
    public Translation Translate(ClusterState state)
    {
        if (_graph is null || _features != state.Features || _staticRoots != state.StaticRoots)
        {
            _graph = new GatewayGraph(state.Features, state.StaticRoots);
            (_features, _staticRoots) = (state.Features, state.StaticRoots);
            Clear();
        }

        List<ObjectChange> changes = ObjectDiff.Between(_objects, state.Objects);
        _objects = state.Objects;
        var delta = new GraphDelta();
        _graph.Update(changes, state.Observed, state.Addresses, delta);
        foreach ((string id, Resource? resource) in delta.Resources)
        {
            _resources.Set(id, resource);
        }

        TellStatuses(delta, _graph);
        ImmutableArray<Resource> resources = _resources.Take();
        if (resources != _snapshot.Resources)
        {
            _snapshot = ConfigSnapshot.FromSorted(resources);
        }

        return new Translation(_snapshot, _statuses.Take(), _graph.Addresses);
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

        _told.Clear();
        _ofGateway.Clear();
        _ofClasses = [];
    }

    private void TellStatuses(GraphDelta delta, GatewayGraph graph)
    {
        if (delta.ClassesChanged)
        {
            _ofClasses = Tell(_ofClasses, graph.Classes.Select(StatusBuilder.Of));
        }

        foreach (string key in delta.Gateways)
        {
            ImmutableArray<StatusKey> now = Tell(
                _ofGateway.GetValueOrDefault(key, []),
                graph.Gateway(key) is GatewayNode node ? StatusBuilder.Of(node, graph) : []);
            _ofGateway[key] = now;
            if (now.IsEmpty)
            {
                _ofGateway.Remove(key);
            }
        }

        foreach (RouteEntry route in delta.Routes)
        {
            route.Statuses = Tell(route.Statuses, route.Node is RouteNode node ? [StatusBuilder.Of(node)] : []);
        }

        foreach (PolicyEntry policy in delta.Policies)
        {
            policy.Statuses = Tell(policy.Statuses, policy.Status);
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
            if (!_told.TryGetValue(key, out ObjectStatus? told)
                || told.Generation != status.Generation
                || !JsonNode.DeepEquals(told.Status, status.Status))
            {
                _told[key] = status;
                _statuses.Set(key, status);
            }
        }

        foreach (StatusKey key in before)
        {
            if (!now.Contains(key))
            {
                _told.Remove(key);
                _statuses.Set(key, null);
            }
        }

        return now.DrainToImmutable();
    }
}
