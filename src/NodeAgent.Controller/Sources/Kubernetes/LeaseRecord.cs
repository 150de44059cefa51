using System.Globalization;
using System.Text.Json.Nodes;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>A Lease as it was seen last, and since when it has been so.</summary>
internal sealed class LeaseRecord(LeaseSettings settings, TimeProvider time)
{
    private JsonObject? _body;
    private string _version = "";
    private long _seenAt;

    // The acquireTime of our term, which every renewal has: by it a Lease is known as ours whichever of our writes the
    // server took, and however many of them came to nothing.
    private string _acquired = "";

    // The version that our last attempt to take the Lease was made on: another one on the same is part of the same term.
    private string? _acquiredOver;

    /// <summary>Nothing was written since it was seen, as far as we know.</summary>
    public bool IsKnown { get; private set; }

    /// <summary>This process held it, or tried to.</summary>
    public bool WasWritten => _acquired.Length > 0;

    public bool Exists => _body is not null;

    public string Holder => Text("holderIdentity");

    /// <summary>Nobody has it, we have it, or whoever has it did not renew it for its duration.</summary>
    public bool MayBeTaken => Holder.Length == 0 || IsOurs || time.GetElapsedTime(_seenAt) >= Duration;

    /// <summary>It is of the term that this process has, or last tried to have. The name alone may be a namesake's.</summary>
    public bool IsOurs => Holder == settings.Identity && Text("acquireTime") == _acquired;

    private TimeSpan Duration => TimeSpan.FromSeconds(Number("leaseDurationSeconds") is int seconds and > 0 ? seconds : Seconds(settings.LeaseDuration));

    /// <param name="body">Null: there is none.</param>
    public void See(JsonObject? body)
    {
        string version = body?["metadata"]?["resourceVersion"]?.ToString() ?? "";
        if (version != _version || body is null)
        {
            _acquiredOver = version == _version ? _acquiredOver : null;
            _version = version;
            _seenAt = time.GetTimestamp();
        }

        _body = body;
        IsKnown = true;
    }

    public void Forget() => IsKnown = false;

    /// <summary>As it is to be when we hold it from now on.</summary>
    public JsonObject Taken()
    {
        string now = Now();
        bool ours = IsOurs;
        if (!ours && _acquiredOver != _version)
        {
            (_acquired, _acquiredOver) = (now, _version);
        }

        JsonObject body = Copy();
        var spec = (JsonObject)body["spec"]!;
        int transitions = Number("leaseTransitions") ?? 0;
        spec["leaseTransitions"] = Exists && !ours ? transitions + 1 : transitions;
        spec["acquireTime"] = _acquired;
        spec["holderIdentity"] = settings.Identity;
        spec["leaseDurationSeconds"] = Seconds(settings.LeaseDuration);
        spec["renewTime"] = now;
        return body;
    }

    /// <summary>As it is to be when nobody holds it.</summary>
    public JsonObject Released()
    {
        JsonObject body = Copy();
        var spec = (JsonObject)body["spec"]!;
        spec["holderIdentity"] = "";
        spec["leaseDurationSeconds"] = 1;
        spec["renewTime"] = Now();
        return body;
    }

    private JsonObject Copy()
    {
        JsonObject body = _body?.DeepClone() as JsonObject ?? new JsonObject
        {
            ["apiVersion"] = "coordination.k8s.io/v1",
            ["kind"] = "Lease",
            ["metadata"] = new JsonObject { ["name"] = settings.Name, ["namespace"] = settings.Namespace },
        };
        if (body["spec"] is not JsonObject)
        {
            body["spec"] = new JsonObject();
        }

        return body;
    }

    /// <summary>For people to read, and a mark of our terms; nobody computes with it.</summary>
    private string Now() => time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'", CultureInfo.InvariantCulture);

    private static int Seconds(TimeSpan duration) => Math.Max(1, (int)Math.Ceiling(duration.TotalSeconds));

    private string Text(string field) => _body?["spec"]?[field] is JsonValue value && value.TryGetValue(out string? text) ? text : "";

    private int? Number(string field) => _body?["spec"]?[field] is JsonValue value && value.TryGetValue(out int number) ? number : null;
}
