using System.Collections.Immutable;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster;

/// <summary>
/// The Services that translation reads, which come with their EndpointSlices; of the others, most of a cluster's, the
/// store gives nothing. For one caller at a time.
/// </summary>
internal sealed class WantedServices(ClusterStore store)
{
    /// <summary>What the store gives out still, or because a route names it, but is not wanted.</summary>
    private readonly HashSet<(string Namespace, string Name)> _unwanted = [];

    private ImmutableArray<WantedObject> _wanted = [];

    /// <summary>To be called before the store is read.</summary>
    public void Look() => _unwanted.UnionWith(store.TakeExpected());

    /// <summary>Wants these from now on. Those that were wanted before stay so until <see cref="Settle"/>.</summary>
    /// <param name="read">What the store had when it was read last.</param>
    /// <param name="wanted">Sorted; what was in the last one is the same object.</param>
    /// <returns>The same with what it did not have of them; null when it had all.</returns>
    public SourceRead? Complete(SourceRead read, ImmutableArray<WantedObject> wanted)
    {
        ImmutableArray<ApiObject> missed = Follow(wanted);
        if (missed.IsEmpty)
        {
            return null;
        }

        // All else is as it was read: what changed meanwhile might want yet others, and so on as long as there are changes.
        // Of those that were missed one may have been read as what it was before it went, or when it was of another Service.
        HashSet<(string, string)> keys = [.. missed.Select(o => (o.Kind, o.Meta.Key))];
        return read with
        {
            Objects = [.. read.Objects.Where(o => !(o is Service or EndpointSlice && keys.Contains((o.Kind, o.Meta.Key)))), .. missed],
            Unread = Math.Max(0, read.Unread - missed.Length),
        };
    }

    /// <summary>Lets go of what is not wanted any more.</summary>
    public void Settle()
    {
        if (_unwanted.Count > 0)
        {
            store.Unwant(_unwanted);
            _unwanted.Clear();
        }
    }

    private ImmutableArray<ApiObject> Follow(ImmutableArray<WantedObject> wanted)
    {
        if (wanted == _wanted)
        {
            return [];
        }

        // New ones are few: all before the first and after the last are as they were.
        int start = 0;
        while (start < wanted.Length && start < _wanted.Length && ReferenceEquals(wanted[start], _wanted[start]))
        {
            start++;
        }

        int tail = 0;
        while (tail < wanted.Length - start && tail < _wanted.Length - start && ReferenceEquals(wanted[^(tail + 1)], _wanted[^(tail + 1)]))
        {
            tail++;
        }

        HashSet<WantedObject> before = [.. _wanted[start..^tail]];
        ImmutableArray<(string, string)> added = [.. wanted[start..^tail].Where(w => !before.Remove(w)).Select(w => (w.Namespace, w.Name))];
        _wanted = wanted;
        _unwanted.ExceptWith(added);
        _unwanted.UnionWith(before.Select(w => (w.Namespace, w.Name)));
        return store.Want(added);
    }
}
