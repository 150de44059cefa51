using System.Globalization;
using System.Text.Json;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <param name="Version">Where the list stands; null where it could not be read whole: see <paramref name="Answer"/>.</param>
internal sealed record ListEnd(string? Version, ApiAnswer Answer, TimeSpan? RetryAfter = null);

/// <summary>One list, page after page, told item by item.</summary>
internal sealed class ResourceList(KubernetesClient client, ApiResource resource, WatchScope scope, string accept)
{
    private bool _begun;

    public async Task<ListEnd> ReadAsync(IWatchHandler handler, CancellationToken cancel)
    {
        string next = "";
        while (true)
        {
            using var reader = new ListReader();
            ListEnd page = await ReadPageAsync(reader, next, handler, cancel);
            if (page.Version is null)
            {
                if (_begun)
                {
                    handler.ListFails();
                }

                return page;
            }

            next = reader.Continue;
            if (next.Length == 0)
            {
                handler.ListEnds();
                return page;
            }
        }
    }

    private async Task<ListEnd> ReadPageAsync(ListReader reader, string next, IWatchHandler handler, CancellationToken cancel)
    {
        string query = scope.Query(("limit", client.Settings.PageSize.ToString(CultureInfo.InvariantCulture)), ("continue", next));
        var request = new KubernetesRequest("list", HttpMethod.Get, $"{resource.PathOf(scope.Namespace)}?{query}", resource.Plural) { Accept = accept };
        using ApiStream opened = await client.OpenAsync(request, cancel);
        if (opened.Response is not HttpResponseMessage response)
        {
            return new ListEnd(null, opened.Answer, opened.RetryAfter);
        }

        if (!_begun)
        {
            _begun = true;
            handler.ListBegins();
        }

        using var silence = new CancellationTokenSource(client.Settings.RequestTimeout, client.Time);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(cancel, silence.Token);
        string? broken = null;
        Stream stream = await response.Content.ReadAsStreamAsync(cancel);
        while (broken is null && !reader.Ended)
        {
            broken = TryNext(reader, out JsonDocument? item);
            if (item is not null)
            {
                using (item)
                {
                    handler.Listed(item.RootElement);
                }
            }
            else if (broken is null && !reader.Ended)
            {
                silence.CancelAfter(client.Settings.RequestTimeout);
                broken = await TryFillAsync(reader, stream, both.Token, cancel);
            }
        }

        broken ??= reader.ResourceVersion.Length == 0 ? "the list has no metadata.resourceVersion" : null;
        return broken is null
            ? new ListEnd(reader.ResourceVersion, opened.Answer)
            : new ListEnd(null, new ApiAnswer(0, null, "Garbled", broken));
    }

    private static string? TryNext(ListReader reader, out JsonDocument? item)
    {
        item = null;
        try
        {
            item = reader.Next();
            return null;
        }
        catch (JsonException)
        {
            return "the list is no valid JSON";
        }
    }

    private static async ValueTask<string?> TryFillAsync(ListReader reader, Stream stream, CancellationToken alive, CancellationToken cancel)
    {
        try
        {
            return await reader.FillAsync(stream, alive) ? null : "the list ended in the middle";
        }
        catch (JsonException e)
        {
            return e.Message;
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            cancel.ThrowIfCancellationRequested();
            return "the connection broke in the middle of the list";
        }
    }
}
