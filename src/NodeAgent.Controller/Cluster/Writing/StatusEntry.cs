using System.Text.Json.Nodes;
using NodeAgent.Translator;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>What the status writer knows of one object. Guarded by the writer's lock.</summary>
internal sealed class StatusEntry
{
    private string _writtenOver = "";

    private string _storedThen = "";

    private (ObjectStatus? Wanted, JsonObject? Status)? _settled;

    public CountHold Hold { get; } = new();

    /// <summary>Null: nothing is said of it (any more).</summary>
    public ObjectStatus? Wanted { get; set; }

    /// <summary>What the object last said for us; null when that is not known.</summary>
    public ObjectStatus? Said { get; set; }

    /// <summary>More than counts changed since it was looked at.</summary>
    public bool Urgent { get; set; }

    /// <summary>Since when it waits for what is to be there before it is told; null when it does not.</summary>
    public TimeSpan? WaitsSince { get; set; }

    /// <summary>What our last write made of it, until the store has it.</summary>
    public WrittenState? Answer { get; set; }

    /// <summary>What the server last had against our status; empty for nothing.</summary>
    public string Refusal { get; set; } = "";

    /// <summary>
    /// How often in a row the server could not take our status, though it answered. Of this object alone: that others are
    /// taken is no reason to try this one sooner.
    /// </summary>
    public int Failures { get; set; }

    /// <summary>A write can only take effect on the version it was decided on, so that the store was at that one, or before it.</summary>
    /// <param name="over">The version the write was decided on.</param>
    /// <param name="stored">The version that the store had then.</param>
    public void Answered(string over, string stored, WrittenState after) => (_writtenOver, _storedThen, Answer) = (over, stored, after);

    /// <summary>The newer of what the store has and what our last write made of it.</summary>
    public WrittenState Base(WrittenState stored)
    {
        if (Answer is WrittenState answer && (stored.ResourceVersion == _writtenOver || stored.ResourceVersion == _storedThen))
        {
            return answer;
        }

        Answer = null;
        return stored;
    }

    /// <param name="differs">The server took our status, but not all of it.</param>
    public void Settle(ObjectStatus? wanted, WrittenState after, bool differs) =>
        _settled = differs ? (wanted, (JsonObject?)after.Status?.DeepClone()) : null;

    /// <summary>Whether just this was written before, and this is what the server made of it.</summary>
    public bool IsSettled(ObjectStatus? wanted, WrittenState state) =>
        _settled is { } settled && ReferenceEquals(settled.Wanted, wanted) && JsonNode.DeepEquals(settled.Status, state.Status);

    public void Forget()
    {
        (Answer, Said, _settled, Urgent, Refusal) = (null, null, null, false, "");
        Hold.Settle();
    }

    /// <summary>Whether two statuses of one object say the same but for how many routes or ListenerSets there are.</summary>
    public static bool DifferInCountsOnly(ObjectStatus before, ObjectStatus after) =>
        before.Generation == after.Generation
        && after.Kind is "Gateway" or "ListenerSet"
        && JsonNode.DeepEquals(WithoutCounts(before.Status), WithoutCounts(after.Status));

    private static JsonObject WithoutCounts(JsonObject status)
    {
        var copy = (JsonObject)status.DeepClone();
        copy.Remove("attachedListenerSets");
        foreach (JsonObject listener in (copy["listeners"] as JsonArray ?? []).OfType<JsonObject>())
        {
            listener.Remove("attachedRoutes");
        }

        return copy;
    }
}
