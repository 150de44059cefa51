using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace NodeAgent.Translator;

/// <summary>The status we would write on one object.</summary>
/// <param name="Status">
/// The status as the API has it, without lastTransitionTime (its writer adds that when a condition's status changes).
/// </param>
public sealed record ObjectStatus(
    string ApiVersion,
    string Kind,
    string Namespace,
    string Name,
    long Generation,
    JsonObject Status);

/// <summary>One entry of a conditions list; reasons as in the Gateway API (facts: 5.7).</summary>
/// <param name="Status">"True", "False" or "Unknown".</param>
public sealed record Condition(string Type, string Status, string Reason, string Message, long ObservedGeneration);
