using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Storage;

/// <summary>Events of the core group and of events.k8s.io are the same objects with other names for the fields.</summary>
internal static class EventConversion
{
    private static readonly (string Core, string Events)[] Names =
    [
        ("involvedObject", "regarding"),
        ("message", "note"),
        ("reportingComponent", "reportingController"),
        ("source", "deprecatedSource"),
        ("firstTimestamp", "deprecatedFirstTimestamp"),
        ("lastTimestamp", "deprecatedLastTimestamp"),
        ("count", "deprecatedCount"),
    ];

    /// <summary>Renames the fields of an Event, which is the caller's to change.</summary>
    public static JsonObject To(string apiVersion, JsonObject item)
    {
        bool toCore = apiVersion == "v1";
        foreach ((string core, string events) in Names)
        {
            string from = toCore ? events : core;
            if (item.Remove(from, out JsonNode? value))
            {
                item[toCore ? core : events] = value;
            }
        }

        return item;
    }
}
