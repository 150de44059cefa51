using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Legacy.Conversion;

namespace NodeAgent.Translator.Legacy.Statuses;

/// <summary>status.listeners of a Gateway. The list has one entry per port, so that listeners of one port share theirs.</summary>
/// <param name="Ready">All listeners of the port are served.</param>
/// <param name="Valid">None of them is detached or in conflict, and each has what it refers to.</param>
internal sealed record ListenerStatus(JsonObject Json, bool Ready, bool Valid)
{
    /// <param name="listeners">What was said of the converted Gateway's.</param>
    /// <param name="degraded">Positions of listeners with routes whose references lead nowhere.</param>
    /// <param name="unsupportedAddress">Why the Gateway as a whole cannot have its addresses.</param>
    public static IEnumerable<ListenerStatus> Of(
        LegacyGateway gateway, JsonArray listeners, IReadOnlySet<int> degraded, string? unsupportedAddress)
    {
        ImmutableArray<string> names = ListenerNames.Of(gateway.Listeners);
        foreach (IGrouping<int, int> port in Enumerable.Range(0, names.Length).GroupBy(i => gateway.Listeners[i].Port))
        {
            Said[] said = [.. port.Select(i => Said.Of(gateway.Listeners[i], Entry(listeners, names[i])))];
            LegacyListener first = gateway.Listeners[port.First()];
            (JsonObject[] conditions, bool ready, bool valid) =
                Conditions(said, port.Any(degraded.Contains), unsupportedAddress, gateway.Meta.Generation);
            var json = new JsonObject { ["port"] = port.Key, ["protocol"] = first.Protocol };
            if (said.Length == 1 && first.Hostname is not null)
            {
                json["hostname"] = first.Hostname;
            }

            json["conditions"] = new JsonArray([.. conditions]);
            yield return new ListenerStatus(json, ready, valid);
        }
    }

    private static JsonNode? Entry(JsonArray listeners, string name) => listeners.FirstOrDefault(l => (string?)l!["name"] == name);

    private static (JsonObject[] Conditions, bool Ready, bool Valid) Conditions(
        Said[] said, bool degraded, string? unsupportedAddress, long generation)
    {
        Fault? conflict = said.Select(s => s.Conflict).FirstOrDefault(f => f is not null);
        Fault? detached = unsupportedAddress is not null
            ? new Fault(LegacyReasons.UnsupportedAddress, unsupportedAddress)
            : said.Select(s => s.Detached).FirstOrDefault(f => f is not null);
        Fault? unresolved = said.Select(s => s.Unresolved).FirstOrDefault(f => f is not null);
        bool valid = conflict is null && detached is null && unresolved is null && said.All(s => s.Refused is null);
        unresolved ??= degraded
            ? new Fault(LegacyReasons.DegradedRoutes, "some routes refer to what does not exist or may not be used; their status tells which")
            : null;
        Fault? notReady = said.Select(s => s.NotReady).FirstOrDefault(f => f is not null);
        return (
            [
                LegacyJson.Condition(
                    LegacyConditions.Conflicted, conflict is not null,
                    conflict?.Reason ?? LegacyReasons.NoConflicts, conflict?.Message ?? "no conflict with another listener", generation),
                LegacyJson.Condition(
                    LegacyConditions.Detached, detached is not null,
                    detached?.Reason ?? LegacyReasons.Attached, detached?.Message ?? "listener is attached", generation),
                LegacyJson.Condition(
                    LegacyConditions.ResolvedRefs, unresolved is null,
                    unresolved?.Reason ?? LegacyReasons.ResolvedRefs, unresolved?.Message ?? "all references are resolved", generation),
                LegacyJson.Condition(
                    LegacyConditions.Ready, notReady is null,
                    notReady?.Reason ?? LegacyReasons.Ready, notReady?.Message ?? "listener is served", generation),
            ],
            notReady is null,
            valid);
    }

    private sealed record Fault(string Reason, string Message);

    /// <summary>One listener in the words of the original API.</summary>
    private sealed record Said(Fault? Conflict, Fault? Detached, Fault? Unresolved, Fault? Refused, Fault? NotReady)
    {
        public static Said Of(LegacyListener listener, JsonNode? status)
        {
            SaidCondition? conflicted = SaidCondition.Find(status, Translator.Conditions.Conflicted);
            SaidCondition? accepted = SaidCondition.Find(status, Translator.Conditions.Accepted);
            SaidCondition? resolved = SaidCondition.Find(status, Translator.Conditions.ResolvedRefs);
            SaidCondition? programmed = SaidCondition.Find(status, Translator.Conditions.Programmed);
            Fault? refused = accepted is { True: false } ? FaultOf(accepted, accepted.Reason) : null;
            return new Said(
                conflicted is { True: true } ? FaultOf(conflicted, conflicted.Reason) : null,
                accepted is { True: false, Reason: Reasons.PortUnavailable or Reasons.UnsupportedProtocol or Reasons.UnsupportedAddress }
                    ? refused
                    : null,
                resolved is { True: false } ? FaultOf(resolved, ReasonOf(resolved.Reason)) : null,
                refused,
                programmed is { True: true }
                    ? null
                    : FaultOf(
                        programmed,
                        programmed?.Reason is null or Reasons.Pending ? LegacyReasons.Pending : LegacyReasons.Invalid));

            Fault FaultOf(SaidCondition? condition, string reason)
            {
                string message = condition?.Message ?? "not looked at yet";
                return new Fault(reason, listener.Hostname is null ? message : $"hostname {listener.Hostname}: {message}");
            }
        }

        private static string ReasonOf(string reason) =>
            reason == Reasons.InvalidRouteKinds ? LegacyReasons.InvalidRoutesRef : LegacyReasons.InvalidCertificateRef;
    }
}
