using System.Collections.Immutable;
using System.Text.Json;
using NodeAgent.Controller.Sources.Kubernetes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster;

/// <summary>Keeps the store in step with one watch.</summary>
/// <param name="covers">Whether the watch tells of the object of this namespace and name: it may be one of several of its kind.</param>
/// <param name="changed">Called on the thread of the watch when there is something new for the loop.</param>
internal sealed class KindMirror(
    ClusterStore store, ClusterKind kind, Func<string, string, bool> covers, Action changed, TimeProvider time) : IWatchHandler
{
    /// <summary>An API server that has just started refuses what it will allow in a moment.</summary>
    private static readonly TimeSpan RefusalGrace = TimeSpan.FromSeconds(5);

    private readonly WatchedJson _json = new(kind);
    private volatile bool _synced;
    private volatile WatchProblem? _problem;
    private long? _refusedAt;
    private int _list;

    public ClusterKind Kind => kind;

    /// <summary>What there is has been told whole at least once, or it is known that there is nothing to be told.</summary>
    public bool Synced => _synced;

    /// <summary>Why nothing can be heard at the moment; null when all is well.</summary>
    public WatchProblem? Problem => _problem;

    /// <summary>In which version its objects come at the moment.</summary>
    public Func<ApiResource?> Resource { get; set; } = () => null;

    public void ListBegins() => _list = store.NextList();

    public void Listed(JsonElement item) => Put(item);

    public void ListEnds() => Settle(store.RemoveUnseen(kind, _list, covers));

    public void ListFails()
    {
        // What was listed so far is true already; the rest is as it was.
    }

    public void Changed(JsonElement item) => Put(item);

    public void Removed(JsonElement item)
    {
        (string ns, string name) = WatchedJson.NameOf(item);
        if (store.Remove(kind, ns, name))
        {
            changed();
        }
    }

    public void NotServed() => Settle(store.RemoveUnseen(kind, store.NextList(), covers));

    public void Refused()
    {
        _refusedAt ??= time.GetTimestamp();
        _problem = _problem is WatchProblem problem ? problem with { Refused = true } : null;
        if (!kind.Essential && time.GetElapsedTime(_refusedAt.Value) >= RefusalGrace)
        {
            Settle(news: false);
        }
    }

    public void Trouble(string? problem)
    {
        if (_problem?.Text != problem)
        {
            _refusedAt = null;
            _problem = problem is null ? null : new WatchProblem(problem, _problem?.Since ?? time.GetTimestamp(), Refused: false);
            changed();
        }
    }

    private void Put(JsonElement item)
    {
        (string ns, string name) = WatchedJson.NameOf(item);
        if (!covers(ns, name) || Resource() is not ApiResource resource)
        {
            return;
        }

        if (!_json.IsOfUse(item))
        {
            if (store.Remove(kind, ns, name))
            {
                changed();
            }

            return;
        }

        UInt128 hash = _json.HashOf(resource, item);
        StoredObject? stored = _json.StoredOf(resource, item);
        bool known = store.Knows(kind, ns, name, hash, _list);
        if (known && (stored is null || store.Holds(stored)))
        {
            return;
        }

        DecodeResult? decoded = known ? null : Compact(Decode(item, resource.ApiVersion, ns, name));
        if (decoded?.Decoded is ApiObject read)
        {
            // The same texts as in the object, instead of another copy of each.
            (ns, name) = (read.Meta.Namespace, read.Meta.Name);
        }

        if (store.Put(kind, ns, name, hash, _list, decoded, stored))
        {
            changed();
        }
    }

    /// <summary>A mistake of ours with one object is a problem of that object, and no end of the watch of all.</summary>
    private DecodeResult Decode(JsonElement item, string apiVersion, string ns, string name)
    {
        try
        {
            return ApiDecoder.DecodeWatched(item, apiVersion, kind.Kind);
        }
        catch (Exception e)
        {
            var problem = new FieldProblem("", $"cannot be read: {FieldPath.OneLine(e.Message)}", "this is a mistake of nodeagent");
            return new DecodeResult(new ObjectIdentity(apiVersion, kind.Kind, ns, name), null, [problem], Ignored: false);
        }
    }

    private DecodeResult Compact(DecodeResult result) => result.Decoded is ApiObject read && !kind.LabelsMatter && !read.Meta.Labels.IsEmpty
        ? result with { Decoded = read with { Meta = read.Meta with { Labels = ImmutableSortedDictionary<string, string>.Empty } } }
        : result;

    private void Settle(bool news)
    {
        if (!_synced || news)
        {
            _synced = true;
            changed();
        }
    }
}

/// <summary>Why a watch does not hear anything.</summary>
/// <param name="Since">A timestamp.</param>
/// <param name="Refused">We are not allowed to.</param>
internal sealed record WatchProblem(string Text, long Since, bool Refused);
