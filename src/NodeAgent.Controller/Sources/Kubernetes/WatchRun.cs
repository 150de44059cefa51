using System.Net.Http;
using System.Text.Json;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>How a watch came to its end.</summary>
internal enum WatchStop
{
    /// <summary>Closed by the server, dropped, or dead: the next one resumes.</summary>
    Ended,

    /// <summary>Its history is gone, or what came cannot be understood: only a list tells what is there.</summary>
    Lost,
}

/// <summary>One watch request: reads its events as they come and keeps the version that the next one resumes from.</summary>
internal sealed class WatchRun(IWatchHandler handler, string version)
{
    /// <summary>Of the last event or bookmark.</summary>
    public string Version { get; private set; } = version;

    /// <summary>Anything was told.</summary>
    public bool Progress { get; private set; }

    /// <param name="alive">Ends with <paramref name="cancel"/>, and when the watch has outlived its time.</param>
    public async Task<WatchStop> ReadAsync(HttpResponseMessage response, CancellationToken alive, CancellationToken cancel)
    {
        using var reader = new WatchEventReader();
        try
        {
            Stream stream = await response.Content.ReadAsStreamAsync(alive);
            while (true)
            {
                while (TryNext(reader, out JsonDocument? document))
                {
                    if (document is null)
                    {
                        return WatchStop.Lost;
                    }

                    using (document)
                    {
                        if (!Tell(document.RootElement))
                        {
                            return WatchStop.Lost;
                        }
                    }
                }

                if (await FillAsync(reader, stream, alive) is WatchStop stop)
                {
                    return stop;
                }
            }
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return WatchStop.Ended;
        }
    }

    /// <summary>An event that is cut off by the end was never told: the next watch tells it.</summary>
    /// <returns>Null when more has come.</returns>
    private static async ValueTask<WatchStop?> FillAsync(WatchEventReader reader, Stream stream, CancellationToken alive)
    {
        try
        {
            return await reader.FillAsync(stream, alive) ? null : WatchStop.Ended;
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return WatchStop.Ended;
        }
        catch (JsonException)
        {
            return WatchStop.Lost;
        }
    }

    /// <param name="document">Null where what came is no event.</param>
    private static bool TryNext(WatchEventReader reader, out JsonDocument? document)
    {
        try
        {
            document = reader.Next();
            return document is not null;
        }
        catch (JsonException)
        {
            document = null;
            return true;
        }
    }

    private bool Tell(JsonElement root)
    {
        JsonElement item = root.ObjectOf("object");
        string type = root.TextOf("type");
        string version = item.ObjectOf("metadata").TextOf("resourceVersion");
        if (type == "ERROR" || version.Length == 0)
        {
            return false;
        }

        switch (type)
        {
            case "ADDED" or "MODIFIED":
                handler.Changed(item);
                break;
            case "DELETED":
                handler.Removed(item);
                break;
            case "BOOKMARK":
                break;
            default:
                return false;
        }

        Version = version;
        Progress = true;
        return true;
    }
}
