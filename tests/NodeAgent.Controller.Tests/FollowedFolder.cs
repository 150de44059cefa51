using System.Threading.Channels;
using NodeAgent.Controller.Sources.Manifests;

namespace NodeAgent.Controller.Tests;

/// <summary>A real folder with real inotify events behind it.</summary>
internal sealed class FollowedFolder : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    private readonly Channel<bool> _events = Channel.CreateUnbounded<bool>();
    private readonly ManifestFolder _folder;
    private readonly ManifestWatch _watch;

    public FollowedFolder(params (string Name, string Content)[] files)
    {
        foreach ((string name, string content) in files)
        {
            Temp.Write(name, content);
        }

        _folder = new ManifestFolder(Temp.Root);
        _watch = new ManifestWatch(_folder.Root, () => _events.Writer.TryWrite(true));
        Last = _folder.Read();
    }

    public TempFolder Temp { get; } = new();

    public ManifestRead Last { get; private set; }

    public IEnumerable<string> Names => NamesOf(Last);

    public static IEnumerable<string> NamesOf(ManifestRead read) => read.Objects.Select(o => o.Meta.Name).Order(StringComparer.Ordinal);

    /// <summary>Reads on events alone until <paramref name="wanted"/>; every read on the way must satisfy <paramref name="always"/>.</summary>
    public async Task<ManifestRead> UntilAsync(Func<ManifestRead, bool> wanted, Func<ManifestRead, bool>? always = null)
    {
        using var patience = new CancellationTokenSource(Patience);
        while (!wanted(Last))
        {
            await _events.Reader.ReadAsync(patience.Token);
            Last = _folder.Read(_watch.Take());
            Assert.True(always?.Invoke(Last) ?? true, "a read on the way was wrong");
        }

        return Last;
    }

    public Task<ManifestRead> UntilNamesAsync(params string[] names) => UntilAsync(read => NamesOf(read).SequenceEqual(names));

    public void Dispose()
    {
        _watch.Dispose();
        Temp.Dispose();
    }
}
