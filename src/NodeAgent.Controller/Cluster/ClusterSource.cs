using System.Collections.Immutable;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster;

/// <summary>
/// The objects of a cluster, followed at its API server. There is nothing to read before every kind was told whole, or
/// is known not to be served; whatever happens to the API server after that, what it told last goes on to hold.
/// </summary>
public sealed class ClusterSource : IObjectSource
{
    private readonly ClusterStore _store;
    private readonly ClusterWatches _watches;
    private readonly ImmutableArray<(KindMirror Mirror, WatchScope Scope)> _mirrors;
    private readonly WantedObjects _wanted;
    private readonly WantedServices _services;
    private Action _wake = () => { };
    private SourceRead? _read;
    private readonly WatchTroubles _troubles;
    private ImmutableArray<string> _told = [];
    private long _version = -1;

    /// <param name="namespaces">Only these are looked at; empty for all.</param>
    public ClusterSource(
        ClusterStore store, KubernetesClient client, ApiDiscovery discovery, ImmutableArray<string> namespaces, ILogger log, TimeProvider? time = null)
    {
        time ??= TimeProvider.System;
        _store = store;
        _watches = new ClusterWatches(client, discovery, log);
        _mirrors =
        [
            .. ClusterKind.All.Where(k => !k.ByName).SelectMany(
                k => ScopesOf(k, namespaces).Select(s => (new KindMirror(store, k, s.Covers, Wake, time), s.Scope))),
        ];
        _services = new WantedServices(store);
        _wanted = new WantedObjects(store, _watches, namespaces, Wake, log, time);
        _troubles = new WatchTroubles(client.Access.Server, Wake, log, time);
    }

    /// <summary>What has not been told whole yet; empty from then on.</summary>
    public ImmutableArray<string> Waiting =>
        [.. _mirrors.Where(m => !m.Mirror.Synced).Select(m => m.Mirror.Kind.ToString()).Distinct()];

    /// <summary>By kind: how many objects are followed because something refers to them, and by how many watches.</summary>
    public ImmutableArray<(string Kind, int Names, int Watches)> Referenced => _wanted.Counts;

    public SourceRead? Read()
    {
        // Each problem is looked at once: it may be over at any moment.
        ImmutableArray<string> troubles = _troubles.Lines(
            _mirrors.Select(m => (Kind: m.Mirror.Kind.ToString(), m.Mirror.Problem)).Where(m => m.Problem is not null)
                .Select(m => (m.Kind, m.Problem!)).Concat(_wanted.Problems));
        if (_read is null && _mirrors.Any(m => !m.Mirror.Synced))
        {
            _troubles.Log(troubles);
            return null;
        }

        _wanted.Look();
        _services.Look();
        long version = _store.Version;
        if (_read is null || version != _version || !troubles.SequenceEqual(_told))
        {
            (_version, _told) = (version, troubles);
            _read = new SourceRead(
                _store.Objects,
                [.. _store.Problems, .. troubles.Select(t => new Problem("", 0, "", "", t))],
                [])
            {
                Unread = _store.Packed,
                ShownAddresses = _read?.ShownAddresses ?? ShownAddresses(),
            };
        }

        return _read;
    }

    public SourceRead? Complete(SourceRead read, Translation translation) => _services.Complete(read, translation.Services);

    public bool Provides(Translation translation)
    {
        _services.Settle();
        return _wanted.Follow(translation.Wanted);
    }

    public async Task RunAsync(Action wake, CancellationToken cancel)
    {
        _wake = wake;
        try
        {
            await Task.WhenAll(_mirrors.Select(m => _watches.FollowAsync(m.Mirror, m.Scope, cancel))).ConfigureAwait(false);
        }
        finally
        {
            await _wanted.DisposeAsync().ConfigureAwait(false);
            await _troubles.DisposeAsync().ConfigureAwait(false);
        }
    }

    private static IEnumerable<(WatchScope Scope, Func<string, string, bool> Covers)> ScopesOf(ClusterKind kind, ImmutableArray<string> namespaces)
    {
        if (namespaces.IsEmpty || (!kind.Namespaced && kind is not { Group: Groups.Core, Kind: "Namespace" }))
        {
            return [(WatchScope.All, (_, _) => true)];
        }

        return kind.Namespaced
            ? namespaces.Select(n => (new WatchScope(n), (Func<string, string, bool>)((ns, _) => ns == n)))
            : namespaces.Select(n => (new WatchScope(FieldSelector: $"metadata.name={n}"), (Func<string, string, bool>)((_, name) => name == n)));
    }

    private void Wake() => _wake();

    /// <summary>What Gateways said when we came: the state folder may have been lost with its node.</summary>
    private ImmutableSortedDictionary<string, PoolAddresses> ShownAddresses()
    {
        var shown = ImmutableSortedDictionary.CreateBuilder<string, PoolAddresses>(StringComparer.Ordinal);
        foreach (StoredObject gateway in _store.All(Groups.Gateway, "Gateway").Where(g => !g.Status.IsEmpty))
        {
            using JsonDocument status = JsonDocument.Parse(gateway.Status);
            if (status.RootElement.TryGetProperty("addresses", out JsonElement addresses) && addresses.ValueKind == JsonValueKind.Array)
            {
                PoolAddresses found = PoolAddresses.Of(addresses.EnumerateArray()
                    .Where(a => a.ValueKind == JsonValueKind.Object && a.TryGetProperty("value", out JsonElement v) && v.ValueKind == JsonValueKind.String)
                    .Select(a => a.GetProperty("value").GetString()!));
                if (!found.All.IsEmpty)
                {
                    shown[$"{gateway.Namespace}/{gateway.Name}"] = found;
                }
            }
        }

        return shown.ToImmutable();
    }
}
