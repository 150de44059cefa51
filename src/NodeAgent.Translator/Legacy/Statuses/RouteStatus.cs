using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;
using NodeAgent.Translator.Legacy.Conversion;

namespace NodeAgent.Translator.Legacy.Statuses;

/// <summary>
/// status.gateways of a route: one entry per Gateway, whatever number of listeners and converted routes it stands for.
/// </summary>
/// <param name="Degrades">Listeners at which references of the route lead nowhere.</param>
internal sealed record RouteStatus(JsonObject Json, ImmutableArray<(string Gateway, int Listener)> Degrades)
{
    /// <param name="statusOf">Of an object that the route was converted to; null when nothing was said of it.</param>
    public static RouteStatus Of(LegacyRoute route, LegacyConversion conversion, Func<ApiObject, JsonObject?> statusOf)
    {
        JsonObject?[] statuses = [.. conversion.Objects.Select(statusOf)];
        var gateways = new JsonArray();
        var degrades = ImmutableArray.CreateBuilder<(string, int)>();
        foreach (RouteBinding binding in conversion.Bindings)
        {
            ObjectMeta gateway = binding.Gateway.Meta;
            ImmutableArray<JsonObject> conditions = Conditions(route, conversion, binding, statuses);
            if (conditions.Any(c => (string?)c["type"] == LegacyConditions.ResolvedRefs && (string?)c["status"] == "False"))
            {
                degrades.AddRange(binding.Listeners.Select(i => (gateway.Key, i)));
            }

            if (gateways.Count < StatusCaps.Gateways)
            {
                gateways.Add(new JsonObject
                {
                    ["gatewayRef"] = new JsonObject { ["name"] = gateway.Name, ["namespace"] = gateway.Namespace },
                    ["conditions"] = new JsonArray([.. conditions]),
                });
            }
        }

        return new RouteStatus(new JsonObject { ["gateways"] = gateways }, degrades.ToImmutable());
    }

    private static ImmutableArray<JsonObject> Conditions(
        LegacyRoute route, LegacyConversion conversion, RouteBinding binding, JsonObject?[] statuses)
    {
        long generation = route.Meta.Generation;
        if (NotBound(route, conversion, binding) is Problem problem)
        {
            return [LegacyJson.Condition(LegacyConditions.Admitted, false, problem.Reason, problem.Message, generation)];
        }

        JsonNode[][] entries = [.. statuses.Select(s => EntriesOf(s, binding)).Where(e => e.Length > 0)];
        SaidCondition[] said = [.. entries.SelectMany(e => e).SelectMany(SaidCondition.In)];
        SaidCondition? admitted = said.FirstOrDefault(c => c is { Type: Translator.Conditions.Accepted, True: true });
        SaidCondition? refused = said.FirstOrDefault(c => c is { Type: Translator.Conditions.Accepted, True: false });
        SaidCondition? unresolved = said.FirstOrDefault(c => c is { Type: Translator.Conditions.ResolvedRefs, True: false });
        var conditions = ImmutableArray.CreateBuilder<JsonObject>();
        conditions.Add(admitted is not null
            ? LegacyJson.Condition(LegacyConditions.Admitted, true, LegacyReasons.Admitted, Admitted(admitted, conversion.Note), generation)
            : LegacyJson.Condition(
                LegacyConditions.Admitted, false, refused?.Reason ?? LegacyReasons.Pending, refused?.Message ?? "not looked at yet", generation));
        bool resolved = unresolved is null && conversion.Unresolved is null;
        conditions.Add(LegacyJson.Condition(
            LegacyConditions.ResolvedRefs,
            resolved,
            conversion.Unresolved?.Reason ?? unresolved?.Reason ?? LegacyReasons.ResolvedRefs,
            conversion.Unresolved?.Message ?? unresolved?.Message ?? "all references are resolved",
            generation));
        if (admitted is not null && LeftOut(conversion, said, entries) is (string reason, string message))
        {
            conditions.Add(LegacyJson.Condition(Translator.Conditions.PartiallyInvalid, true, reason, message, generation));
        }

        return conditions.ToImmutable();
    }

    private static string Admitted(SaidCondition admitted, string? note) => note is null ? admitted.Message : $"{admitted.Message}; {note}";

    /// <summary>Both sides have to agree, and there has to be something to serve.</summary>
    private static Problem? NotBound(LegacyRoute route, LegacyConversion conversion, RouteBinding binding)
    {
        string gateway = $"Gateway {binding.Gateway.Meta.Key}";
        if (!binding.Allowed)
        {
            return new Problem(
                LegacyReasons.GatewayNotAllowed,
                $"{gateway} selects the route, but spec.gateways.allow {route.Gateways.Allow} does not let it");
        }

        if (binding.Listeners.IsEmpty)
        {
            return new Problem(
                LegacyReasons.NotSelectedByGateway,
                $"no listener of {gateway} selects the route: routes.kind, namespaces and selector have to take it");
        }

        return conversion.Objects.IsEmpty ? conversion.LeftOut : null;
    }

    /// <summary>Rules of their own routes may find no listener, and rules of one may be dropped.</summary>
    private static (string Reason, string Message)? LeftOut(LegacyConversion conversion, SaidCondition[] said, JsonNode[][] entries)
    {
        if (conversion.LeftOut is Problem problem)
        {
            return (problem.Reason, problem.Message);
        }

        SaidCondition? partial = said.FirstOrDefault(c => c is { Type: Translator.Conditions.PartiallyInvalid, True: true })
            ?? entries.Where(e => !e.Any(p => SaidCondition.Find(p, Translator.Conditions.Accepted) is { True: true }))
                .Select(e => SaidCondition.Find(e[0], Translator.Conditions.Accepted))
                .FirstOrDefault(c => c is not null);
        return partial is null ? null : (partial.Reason, partial.Message);
    }

    private static JsonNode[] EntriesOf(JsonObject? status, RouteBinding binding)
    {
        string name = ConvertedNames.Of(binding.Gateway.Meta.Name);
        return
        [
            .. (status?["parents"] as JsonArray ?? []).OfType<JsonNode>().Where(p =>
                (string?)p["parentRef"]!["name"] == name && (string?)p["parentRef"]!["namespace"] == binding.Gateway.Meta.Namespace),
        ];
    }
}
