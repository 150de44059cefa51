using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>Makes Events of series, one request at a time and not too many of them.</summary>
internal sealed class EventWriter(IKubernetesApi api, string controller, string instance, TimeProvider time)
{
    /// <summary>Per second in the long run, and at once: events never crowd out what else is written.</summary>
    private const double Rate = 10;

    private const int Burst = 50;

    /// <summary>How often an Event is tried before it is given up.</summary>
    private const int Attempts = 4;

    /// <summary>Object names are DNS subdomains of at most 253 characters; a dot and 16 hex digits follow.</summary>
    private const int MaxName = 253 - 17;

    private static readonly ApiResource Events = new("events.k8s.io", "v1", "events", "Event", Namespaced: true);

    private readonly TokenBucket _bucket = new(Rate, Burst, time);
    private long _dropped;
    private long _written;

    public long Dropped => Interlocked.Read(ref _dropped);

    public long Written => Interlocked.Read(ref _written);

    /// <returns>False: it was given up.</returns>
    public async Task<bool> WriteAsync(EventSeries series, long count, DateTimeOffset last, CancellationToken cancel)
    {
        var backoff = new Backoff(TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(10), time);
        for (int attempt = 1; ; attempt++)
        {
            await _bucket.TakeAsync(cancel);
            ApiAnswer answer = series.Name.Length == 0
                ? await CreateAsync(series, count, last, cancel)
                : await api.PatchAsync(Events, NamespaceOf(series), series.Name, null, PatchKind.Merge, new JsonObject { ["series"] = SeriesOf(count, last) }, cancel);
            if (answer.Ok)
            {
                Interlocked.Increment(ref _written);
                return true;
            }

            if (answer.NotFound && series.Name.Length > 0)
            {
                // The server forgets Events after a while.
                series.Name = "";
            }
            else if (!answer.Transient || attempt >= Attempts)
            {
                Interlocked.Increment(ref _dropped);
                return false;
            }
            else
            {
                await backoff.PauseAsync(cancel);
            }
        }
    }

    private async Task<ApiAnswer> CreateAsync(EventSeries series, long count, DateTimeOffset last, CancellationToken cancel)
    {
        EventKey key = series.Key;
        string start = key.Regarding.Name.Length <= MaxName ? key.Regarding.Name : key.Regarding.Name[..MaxName].TrimEnd('.', '-');
        string name = $"{start}.{RandomNumberGenerator.GetHexString(16, lowercase: true)}";
        var regarding = new JsonObject { ["apiVersion"] = key.Regarding.ApiVersion, ["kind"] = key.Regarding.Kind, ["name"] = key.Regarding.Name };
        if (key.Regarding.Namespace.Length > 0)
        {
            regarding["namespace"] = key.Regarding.Namespace;
        }

        if (key.Regarding.Uid.Length > 0)
        {
            regarding["uid"] = key.Regarding.Uid;
        }

        var body = new JsonObject
        {
            ["apiVersion"] = "events.k8s.io/v1",
            ["kind"] = "Event",
            ["metadata"] = new JsonObject { ["name"] = name, ["namespace"] = NamespaceOf(series) },
            ["eventTime"] = MicroTime(series.FirstTime),
            ["type"] = key.Type,
            ["reason"] = key.Reason,
            ["action"] = key.Action,
            ["note"] = key.Note,
            ["regarding"] = regarding,
            ["reportingController"] = controller,
            ["reportingInstance"] = instance,
        };
        if (count > 1)
        {
            body["series"] = SeriesOf(count, last);
        }

        ApiAnswer answer = await api.CreateAsync(Events, NamespaceOf(series), body, cancel);
        if (answer.Ok)
        {
            series.Name = name;
        }

        return answer;
    }

    /// <summary>Events about objects of the whole cluster are kept in the namespace that always is.</summary>
    private static string NamespaceOf(EventSeries series) =>
        series.Key.Regarding.Namespace.Length > 0 ? series.Key.Regarding.Namespace : "default";

    private static JsonObject SeriesOf(long count, DateTimeOffset last) =>
        new() { ["count"] = (int)Math.Min(count, int.MaxValue), ["lastObservedTime"] = MicroTime(last) };

    private static string MicroTime(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);
}
