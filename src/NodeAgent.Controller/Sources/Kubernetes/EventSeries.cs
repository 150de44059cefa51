namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>What makes two events the same one, seen again.</summary>
internal sealed record EventKey(ObjectReference Regarding, string Type, string Reason, string Action, string Note);

/// <summary>One event and its repetitions. Guarded by the lock of its recorder.</summary>
internal sealed class EventSeries(EventKey key, DateTimeOffset firstTime)
{
    public EventKey Key { get; } = key;

    public DateTimeOffset FirstTime { get; } = firstTime;

    public DateTimeOffset LastTime { get; set; } = firstTime;

    /// <summary>A timestamp of monotonic time.</summary>
    public long LastAt { get; set; }

    public long WrittenAt { get; set; }

    public long Count { get; set; } = 1;

    /// <summary>The count that the server knows; 0 before the first write.</summary>
    public long Written { get; set; }

    public bool IsWaiting { get; set; }

    /// <summary>The name of its Event, once there is one.</summary>
    public string Name { get; set; } = "";
}
