using System.Text.Json.Nodes;

namespace NodeAgent.Conformance;

/// <summary>What the suite sees of a cluster, whether a translation or an API server holds it. Keys are those of <see cref="SuiteNames.Key"/>.</summary>
public interface ISuiteObjects
{
    /// <summary>Every object that the suite may ask about, with or without a status.</summary>
    IReadOnlyDictionary<string, JsonObject> Documents { get; }

    /// <summary>Null when nobody has said anything about the object.</summary>
    JsonObject? Status(string key);
}
