using System.Text.Json;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>Keeps what a watch tells: each call as a line, and the objects as a mirror of the server's.</summary>
internal sealed class RecordingHandler : IWatchHandler
{
    private readonly Lock _lock = new();
    private readonly List<string> _lines = [];
    private readonly Dictionary<string, string> _objects = new(StringComparer.Ordinal);
    private HashSet<string>? _listed;
    private TaskCompletionSource _more = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string[] Lines
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    /// <summary>Resource versions by <c>namespace/name</c>.</summary>
    public SortedDictionary<string, string> Objects
    {
        get
        {
            lock (_lock)
            {
                return new SortedDictionary<string, string>(_objects, StringComparer.Ordinal);
            }
        }
    }

    public async Task UntilAsync(Func<RecordingHandler, bool> wanted)
    {
        using var late = new CancellationTokenSource(Patience.Time);
        while (true)
        {
            Task more;
            lock (_lock)
            {
                more = _more.Task;
            }

            if (wanted(this))
            {
                return;
            }

            try
            {
                await more.WaitAsync(late.Token);
            }
            catch (OperationCanceledException)
            {
                Assert.Fail("never told; told was: " + string.Join(" | ", Lines.TakeLast(30)));
            }
        }
    }

    public Task UntilToldAsync(string line) => UntilAsync(handler => handler.Lines.Contains(line));

    public void ListBegins() => Told("list", () => _listed = new HashSet<string>(StringComparer.Ordinal));

    public void Listed(JsonElement item) => Told($"listed {NameOf(item)}", () =>
    {
        _listed!.Add(KeyOf(item));
        _objects[KeyOf(item)] = VersionOf(item);
    });

    public void ListEnds() => Told("listed all", () =>
    {
        foreach (string gone in _objects.Keys.Where(key => !_listed!.Contains(key)).ToArray())
        {
            _objects.Remove(gone);
        }

        _listed = null;
    });

    public void ListFails() => Told("list failed", () => _listed = null);

    public void Changed(JsonElement item) => Told($"changed {NameOf(item)}", () => _objects[KeyOf(item)] = VersionOf(item));

    public void Removed(JsonElement item) => Told($"removed {NameOf(item)}", () => _objects.Remove(KeyOf(item)));

    public void NotServed() => Told("not served", _objects.Clear);

    public void Trouble(string? problem) => Told(problem is null ? "no trouble" : $"trouble {problem}", () => { });

    private static string NameOf(JsonElement item) => item.GetProperty("metadata").TextOf("name");

    private static string KeyOf(JsonElement item) => $"{item.GetProperty("metadata").TextOf("namespace")}/{NameOf(item)}";

    private static string VersionOf(JsonElement item) => item.GetProperty("metadata").TextOf("resourceVersion");

    private void Told(string line, Action change)
    {
        TaskCompletionSource more;
        lock (_lock)
        {
            change();
            _lines.Add(line);
            more = _more;
            _more = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }

        more.SetResult();
    }
}
