using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace NodeAgent.Conformance.Traffic;

/// <summary>What those who send a case's requests must know of the world around the gateway.</summary>
public interface ILiveWorld
{
    /// <summary>How long the requests of one step may be answered as of old; the suite's MaxTimeToConsistency is 30 s.</summary>
    TimeSpan Patience { get; }

    /// <summary>Asked again before every request; null while the Gateway has no address.</summary>
    /// <param name="gateway"><c>NS/NAME</c>.</param>
    LiveListener? Find(string gateway, int port);

    /// <summary>
    /// True when the pod is one that the Service sends to: its selector takes the pod, or one of its EndpointSlices has the
    /// pod's address. In the suite that is the pod's name starting with the Service's.
    /// </summary>
    /// <param name="service"><c>NS/NAME</c>.</param>
    bool IsBehind(string service, string podNamespace, string pod);

    /// <summary>The lines that the pods behind a Service have logged until now.</summary>
    /// <param name="service"><c>NS/NAME</c>.</param>
    IEnumerable<string> LogOf(string service);

    /// <summary>A Secret or a ConfigMap by its <see cref="SuiteNames.Key"/>; null when there is none.</summary>
    JsonObject? Document(string key);
}

/// <summary>Where a Gateway listens.</summary>
/// <param name="Protocol">As in a listener: HTTP, HTTPS, TLS, TCP or UDP.</param>
public sealed record LiveListener(IPEndPoint Address, string Protocol)
{
    /// <summary>
    /// By the Gateway's first status address. The protocol is that of the Gateway's own listener on the port; ports that
    /// only a ListenerSet opens are HTTP in the suite.
    /// </summary>
    public static LiveListener? Find(ISuiteObjects objects, string gateway, int port)
    {
        ArgumentNullException.ThrowIfNull(objects);
        string key = $"Gateway {gateway}";
        if (!objects.Documents.TryGetValue(key, out JsonObject? document)
            || objects.Status(key)?["addresses"] is not JsonArray { Count: > 0 } addresses
            || !IPAddress.TryParse((string?)addresses[0]!["value"], out IPAddress? address))
        {
            return null;
        }

        string? protocol = document["spec"]?["listeners"]?.AsArray()
            .Where(l => string.Format(CultureInfo.InvariantCulture, "{0}", l!["port"]) == port.ToString(CultureInfo.InvariantCulture))
            .Select(l => (string?)l!["protocol"])
            .FirstOrDefault();
        return new LiveListener(new IPEndPoint(address, port), protocol ?? "HTTP");
    }
}
