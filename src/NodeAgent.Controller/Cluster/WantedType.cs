using System.Text.Json;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Cluster;

/// <summary>One watch of all objects of a kind (in one namespace, or in all), of which only those that are wanted get through.</summary>
/// <param name="find">Null for those that are not wanted. For any thread.</param>
/// <param name="refused">Called when we may not watch the whole kind.</param>
internal sealed class WantedType(string? ns, KindMirror mirror, Func<(string Namespace, string Name), WantedName?> find, Action refused) : IWatchHandler
{
    private readonly Lock _lock = new();

    public KindMirror Mirror => mirror;

    public bool Covers(WantedName name) => ns is null || ns == name.Namespace;

    /// <summary>Takes the answer to a question for one object, unless the watch has told of it meanwhile: it may know more.</summary>
    public void Answer(WantedName name, byte[] utf8)
    {
        using JsonDocument document = JsonDocument.Parse(utf8);
        lock (_lock)
        {
            if (!name.Heard && !name.Dropped)
            {
                mirror.Changed(document.RootElement);
            }
        }
    }

    public void ListBegins()
    {
        lock (_lock)
        {
            mirror.ListBegins();
        }
    }

    public void Listed(JsonElement item) => IfWanted(item, mirror.Listed);

    public void ListEnds()
    {
        lock (_lock)
        {
            mirror.ListEnds();
        }
    }

    public void ListFails()
    {
        lock (_lock)
        {
            mirror.ListFails();
        }
    }

    public void Changed(JsonElement item) => IfWanted(item, mirror.Changed);

    public void Removed(JsonElement item) => IfWanted(item, mirror.Removed);

    public void NotServed()
    {
        lock (_lock)
        {
            mirror.NotServed();
        }
    }

    public void Trouble(string? problem) => mirror.Trouble(problem);

    public void Refused() => refused();

    private void IfWanted(JsonElement item, Action<JsonElement> take)
    {
        if (find(WatchedJson.NameOf(item)) is WantedName name)
        {
            lock (_lock)
            {
                name.Heard = true;
                take(item);
            }
        }
    }
}
