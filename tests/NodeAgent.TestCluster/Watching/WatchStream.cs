using System.Globalization;
using System.IO.Pipelines;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Reading;
using NodeAgent.TestCluster.Storage;

namespace NodeAgent.TestCluster.Watching;

/// <summary>How a watch shows objects: whole, their metadata, or as table rows.</summary>
internal interface IWatchShape
{
    ReadOnlyMemory<byte> Item(StoredObject item);

    /// <param name="initialEnd">Whether all that was there at the start has been told.</param>
    ReadOnlyMemory<byte> Bookmark(long revision, bool initialEnd);
}

/// <summary>One watch, from its first event to its end.</summary>
internal sealed class WatchStream(ObjectStore store, TestApiServerOptions options, ServedKind kind, Selection selection, IQueryCollection query, IWatchShape shape)
{
    private static readonly byte[] LineEnd = "}\n"u8.ToArray();

    private readonly ResourceId home = Conversion.Home(kind);

    private bool bookmarks;

    /// <summary>Nothing up to and with this version is told, which may be one of the future.</summary>
    private long from;

    /// <summary>
    /// 1. Attaches the feed, so that nothing is missed, and refuses what is too old.
    /// 2. Tells the state, or the changes since the given version.
    /// 3. Tells changes as they come, with bookmarks between, until the time is over or the watcher leaves.
    /// </summary>
    /// <param name="hold">Awaited before each batch: a stalled watch.</param>
    public async Task RunAsync(HttpResponse response, Func<CancellationToken, ValueTask> hold, CancellationToken cancel)
    {
        ListOptions wanted = ListOptions.Of(query, watch: true);
        bool initial = wanted.InitialEvents is true;
        bookmarks = query["allowWatchBookmarks"] is var allowed && (allowed == "true" || allowed == "1");
        long? version = wanted.Version is "" or "0" ? null : Revisions.Parse(wanted.Version);
        long? since = initial ? null : version ?? (wanted.InitialEvents is false ? store.Revision : null);
        var feed = new WatchFeed(selection.Namespace, selection.Name, options.WatchBuffer);

        // 1
        (IReadOnlyList<StoreEvent> First, long Revision)? start = store.Follow(home, feed, since);
        try
        {
            response.ContentType = "application/json";
            response.Headers.CacheControl = "no-cache, private";
            PipeWriter output = response.BodyWriter;
            if (start is null)
            {
                Error(output, Refusals.Expired($"too old resource version: {since} ({store.Revision})"));
                await output.FlushAsync(cancel).ConfigureAwait(false);
                return;
            }

            if (initial && version > start.Value.Revision)
            {
                Error(output, Revisions.TooLarge(version.Value, start.Value.Revision));
                await output.FlushAsync(cancel).ConfigureAwait(false);
                return;
            }

            // 2
            from = since ?? 0;
            foreach (StoreEvent change in start.Value.First)
            {
                Tell(output, change);
            }

            if (initial && bookmarks)
            {
                Bookmark(output, start.Value.Revision, initialEnd: true);
            }

            await output.FlushAsync(cancel).ConfigureAwait(false);

            // 3
            await FollowAsync(output, feed, hold, cancel).ConfigureAwait(false);
        }
        finally
        {
            store.Leave(home, feed);
        }
    }

    private async Task FollowAsync(PipeWriter output, WatchFeed feed, Func<CancellationToken, ValueTask> hold, CancellationToken cancel)
    {
        using var timeout = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        if (int.TryParse(query["timeoutSeconds"], NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds > 0)
        {
            timeout.CancelAfter(TimeSpan.FromSeconds(seconds));
        }

        using Timer? marks = bookmarks ? new Timer(_ => store.Mark(feed), null, options.BookmarkInterval, options.BookmarkInterval) : null;
        try
        {
            while (await feed.Changes.WaitToReadAsync(timeout.Token).ConfigureAwait(false))
            {
                await hold(timeout.Token).ConfigureAwait(false);
                while (feed.Changes.TryRead(out StoreEvent? change))
                {
                    Tell(output, change);
                }

                if ((await output.FlushAsync(timeout.Token).ConfigureAwait(false)).IsCompleted)
                {
                    return;
                }
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            // Its time is over; the client starts another.
            return;
        }

        if (feed.End == FeedEnd.KindRemoved)
        {
            Error(output, Refusals.Expired($"the watch of {home} ended: it is no longer served"));
            await output.FlushAsync(cancel).ConfigureAwait(false);
        }
    }

    private void Tell(PipeWriter output, StoreEvent change)
    {
        if (change.Kind == ChangeKind.Bookmark ? change.Revision < from : change.Revision <= from)
        {
            return;
        }

        if (change.Kind == ChangeKind.Bookmark)
        {
            Bookmark(output, change.Revision, initialEnd: false);
            return;
        }

        // An object that enters or leaves the selection comes and goes for this watcher.
        StoredObject now = change.Now!.As(kind);
        bool was = change.Before is { } before && selection.Matches(before.As(kind));
        bool isIn = change.Kind != ChangeKind.Deleted && selection.Matches(now);
        if (change.Kind == ChangeKind.Added ? !isIn : !was && !isIn)
        {
            return;
        }

        ReadOnlySpan<byte> head = !isIn ? "{\"type\":\"DELETED\",\"object\":"u8 : was ? "{\"type\":\"MODIFIED\",\"object\":"u8 : "{\"type\":\"ADDED\",\"object\":"u8;
        Write(output, head, shape.Item(isIn || change.Kind == ChangeKind.Deleted ? now : Last(change, now)).Span);
    }

    /// <summary>The last state that was in the selection, with the version of the change that took it out.</summary>
    private StoredObject Last(StoreEvent change, StoredObject now)
    {
        JsonObject body = change.Before!.As(kind).Body.Copy();
        body.EnsureObject("metadata")["resourceVersion"] = change.Revision.ToString(CultureInfo.InvariantCulture);
        return new StoredObject(now.Resource, now.Key, body, change.Revision);
    }

    private void Bookmark(PipeWriter output, long revision, bool initialEnd) => Write(output, "{\"type\":\"BOOKMARK\",\"object\":"u8, shape.Bookmark(revision, initialEnd).Span);

    private static void Error(PipeWriter output, ApiRefusal refusal) => Write(output, "{\"type\":\"ERROR\",\"object\":"u8, JsonText.Bytes(refusal.ToStatus()));

    private static void Write(PipeWriter output, ReadOnlySpan<byte> head, ReadOnlySpan<byte> body)
    {
        Span<byte> place = output.GetSpan(head.Length + body.Length + LineEnd.Length);
        head.CopyTo(place);
        body.CopyTo(place[head.Length..]);
        LineEnd.CopyTo(place[(head.Length + body.Length)..]);
        output.Advance(head.Length + body.Length + LineEnd.Length);
    }
}
