using System.Threading.Channels;

namespace NodeAgent.TestCluster.Storage;

/// <summary>Why a feed ended.</summary>
internal enum FeedEnd
{
    /// <summary>The watcher left.</summary>
    Left,

    /// <summary>The watcher read too slowly and would have lost changes.</summary>
    TooSlow,

    /// <summary>The kind is no longer served.</summary>
    KindRemoved,
}

/// <summary>The changes of one resource for one watcher, in order. Filled under the store's lock.</summary>
/// <param name="ns">Null for all namespaces.</param>
/// <param name="name">Null for all names.</param>
internal sealed class WatchFeed(string? ns, string? name, int capacity)
{
    private readonly Channel<StoreEvent> changes = Channel.CreateBounded<StoreEvent>(new BoundedChannelOptions(capacity)
    {
        SingleReader = true,
        SingleWriter = true,
        FullMode = BoundedChannelFullMode.Wait,
        AllowSynchronousContinuations = false,
    });

    public ChannelReader<StoreEvent> Changes => changes.Reader;

    public FeedEnd? End { get; private set; }

    /// <returns>False when the feed has ended.</returns>
    public bool Offer(StoreEvent change)
    {
        if (change.Now is { } item && ((ns is not null && item.Key.Namespace != ns) || (name is not null && item.Key.Name != name)))
        {
            return true;
        }

        // A bookmark that finds no place is no loss: another comes.
        if (End is null && !changes.Writer.TryWrite(change) && change.Kind != ChangeKind.Bookmark)
        {
            Close(FeedEnd.TooSlow);
        }

        return End is null;
    }

    public void Close(FeedEnd why)
    {
        End ??= why;
        changes.Writer.TryComplete();
    }
}
