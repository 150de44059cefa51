using System.Text.Json.Nodes;
using NodeAgent.Translator.Legacy.Conversion;

namespace NodeAgent.Translator.Legacy.Statuses;

/// <summary>The statuses of GatewayClasses and Gateways of the original API, read from what was said of today's.</summary>
internal static class GatewayStatus
{
    /// <summary>v0.2.0 asks for Admitted; v0.1.0 knew InvalidParameters alone, and clients of it look at that.</summary>
    public static JsonObject OfClass(LegacyGatewayClass gatewayClass, JsonObject converted)
    {
        long generation = gatewayClass.Meta.Generation;
        SaidCondition? accepted = SaidCondition.Find(converted, Translator.Conditions.Accepted);
        bool admitted = accepted is { True: true };
        bool invalid = accepted is { True: false, Reason: Reasons.InvalidParameters };
        string message = accepted?.Message ?? "not looked at yet";
        return new JsonObject
        {
            ["conditions"] = new JsonArray(
                LegacyJson.Condition(
                    LegacyConditions.Admitted, admitted, admitted ? LegacyReasons.Admitted : accepted?.Reason ?? LegacyReasons.Pending, message, generation),
                LegacyJson.Condition(
                    LegacyConditions.InvalidParameters, invalid,
                    invalid ? LegacyReasons.InvalidParameters : LegacyReasons.ValidParameters,
                    invalid ? message : "no parameters are refused",
                    generation)),
        };
    }

    /// <param name="degraded">Positions of listeners with routes whose references lead nowhere.</param>
    public static JsonObject Of(LegacyGateway gateway, JsonObject converted, IReadOnlySet<int> degraded)
    {
        long generation = gateway.Meta.Generation;
        SaidCondition? accepted = SaidCondition.Find(converted, Translator.Conditions.Accepted);
        SaidCondition? programmed = SaidCondition.Find(converted, Translator.Conditions.Programmed);
        string? noAddress = accepted is { True: false, Reason: Reasons.UnsupportedAddress } ? NoAddress(gateway) ?? accepted.Message : null;
        ListenerStatus[] listeners =
        [
            .. ListenerStatus.Of(
                gateway, converted["listeners"] as JsonArray ?? [], degraded, noAddress),
        ];
        return new JsonObject
        {
            ["addresses"] = converted["addresses"]?.DeepClone() ?? new JsonArray(),
            ["conditions"] = new JsonArray(Scheduled(accepted, programmed, generation), Ready(programmed, listeners, noAddress, generation)),
            ["listeners"] = new JsonArray([.. listeners.Select(l => l.Json)]),
        };
    }

    /// <summary>Somebody serves it; what is wrong with its listeners or addresses is said elsewhere.</summary>
    private static JsonObject Scheduled(SaidCondition? accepted, SaidCondition? programmed, long generation)
    {
        if (programmed is { True: false, Reason: LegacyReasons.NoResources })
        {
            return LegacyJson.Condition(LegacyConditions.Scheduled, false, LegacyReasons.NoResources, programmed.Message, generation);
        }

        bool refused = accepted is { True: false, Reason: Reasons.InvalidParameters };
        return refused
            ? LegacyJson.Condition(LegacyConditions.Scheduled, false, LegacyReasons.InvalidParameters, accepted!.Message, generation)
            : LegacyJson.Condition(LegacyConditions.Scheduled, true, LegacyReasons.Scheduled, "Gateway is scheduled", generation);
    }

    /// <summary>One listener that is not valid is enough for False, though the others are served.</summary>
    private static JsonObject Ready(
        SaidCondition? programmed, ListenerStatus[] listeners, string? noAddress, long generation)
    {
        bool served = programmed is { True: true };
        (string reason, string message) = (served, programmed?.Reason) switch
        {
            _ when noAddress is not null => (LegacyReasons.AddressNotAssigned, noAddress),
            (false, Reasons.AddressNotAssigned or Reasons.AddressNotUsable) => (LegacyReasons.AddressNotAssigned, programmed!.Message),
            _ when listeners.Any(l => !l.Valid) =>
                (LegacyReasons.ListenersNotValid, served ? $"not all listeners are valid; {programmed!.Message}" : "no listener is served"),
            _ when !served || listeners.Any(l => !l.Ready) =>
                (LegacyReasons.ListenersNotReady, programmed?.Message ?? "not looked at yet"),
            _ => (LegacyReasons.Ready, programmed!.Message),
        };
        return LegacyJson.Condition(LegacyConditions.Ready, reason == LegacyReasons.Ready, reason, message, generation);
    }

    private static string? NoAddress(LegacyGateway gateway) =>
        gateway.Addresses.FirstOrDefault(a => a is { Type: "NamedAddress", Value: not GatewayConversion.AutoAssign }) is LegacyAddress named
            ? $"NamedAddress {named.Value} is not known here; {GatewayConversion.AutoAssign} asks for any address of the pools"
            : null;
}
