using System.Globalization;
using System.Text.Json;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Cluster;

/// <summary>
/// One watch of objects that are wanted by name: of one of them, or of all of a kind (in one namespace, or in all), of
/// which only those that are wanted get through. For a while two watches may tell of one object, and neither knows how
/// far the other is: what is older than what the other told does not get through either.
/// </summary>
/// <param name="told">That of the kind. What is told is told under it, so that nothing is after the watch has ended.</param>
/// <param name="find">Null for those that are not wanted. For any thread.</param>
/// <param name="refused">Called under <paramref name="told"/> when <see cref="IsRefused"/> has changed.</param>
internal sealed class WantedWatch(
    string? ns, KindMirror mirror, Lock told, Func<(string Namespace, string Name), WantedName?> find, Action? refused) : IWatchHandler
{
    private bool _ended;
    private int _lists;

    public KindMirror Mirror => mirror;

    /// <summary>We are not allowed to watch all of them at the moment. False for a watch of one.</summary>
    public bool IsRefused { get; private set; }

    public bool Covers(WantedName name) => ns is null || ns == name.Namespace;

    /// <summary>Nothing that it tells counts from now on.</summary>
    public void End() => _ended = true;

    /// <summary>Takes the answer to a question for one object, unless a watch has told something newer meanwhile.</summary>
    /// <returns>False where the watch has ended.</returns>
    public bool Answer(WantedName name, byte[]? utf8)
    {
        using JsonDocument? document = utf8 is null ? null : JsonDocument.Parse(utf8, JsonBuffer.DocumentOptions);
        lock (told)
        {
            if (!_ended && !name.Dropped && document is not null && name.Takes(name, VersionOf(document.RootElement)))
            {
                mirror.Changed(document.RootElement);
            }

            return !_ended;
        }
    }

    public void ListBegins() => Tell(() =>
    {
        _lists++;
        mirror.ListBegins();
    });

    /// <remarks>A list that is not the first counts whatever its versions: the server may have been set back to a backup.</remarks>
    public void Listed(JsonElement item) => IfWanted(item, mirror.Listed, always: _lists > 1);

    public void ListEnds() => Tell(mirror.ListEnds);

    public void ListFails() => Tell(mirror.ListFails);

    public void Changed(JsonElement item) => IfWanted(item, mirror.Changed, always: false);

    public void Removed(JsonElement item) => IfWanted(item, mirror.Removed, always: false);

    public void NotServed() => Tell(mirror.NotServed);

    public void Trouble(string? problem) => Tell(() =>
    {
        mirror.Trouble(problem);
        if (IsRefused && problem is null)
        {
            IsRefused = false;
            refused?.Invoke();
        }
    });

    public void Refused() => Tell(() =>
    {
        if (refused is null)
        {
            mirror.Refused();
        }
        else if (!IsRefused)
        {
            IsRefused = true;
            refused();
        }
    });

    private static ulong VersionOf(JsonElement item) =>
        ulong.TryParse(item.ObjectOf("metadata").TextOf("resourceVersion"), NumberStyles.None, CultureInfo.InvariantCulture, out ulong version) ? version : 0;

    private void Tell(Action what)
    {
        lock (told)
        {
            if (!_ended)
            {
                what();
            }
        }
    }

    private void IfWanted(JsonElement item, Action<JsonElement> take, bool always)
    {
        (string Namespace, string Name) key = WatchedJson.NameOf(item);
        if (find(key) is null)
        {
            return;
        }

        lock (told)
        {
            if (!_ended && find(key) is WantedName name && name.Takes(this, always ? 0 : VersionOf(item)))
            {
                take(item);
            }
        }
    }
}
