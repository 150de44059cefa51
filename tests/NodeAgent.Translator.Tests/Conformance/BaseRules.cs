using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Tests.Conformance;

/// <summary>What the suite, or the API server, demands of every status in every test.</summary>
internal static partial class BaseRules
{
    private static readonly string[] SuiteNamespaces =
        ["gateway-conformance-infra", "gateway-conformance-app-backend", "gateway-conformance-web-backend"];

    /// <param name="everythingServed">The data plane lacks nothing, so every Gateway must get ready.</param>
    public static IEnumerable<string> Check(SuiteOutcome outcome, bool everythingServed = true) => outcome.Translation.Statuses
        .SelectMany(status => CheckStatus(status, outcome.Documents))
        .Concat(everythingServed ? CheckReadiness(outcome) : [])
        .Concat(SnapshotValidation.Check(outcome.Translation.Snapshot).Select(p => $"snapshot: {p}"))
        .Concat(CheckAddresses(outcome.Translation));

    private static IEnumerable<string> CheckStatus(ObjectStatus status, IReadOnlyDictionary<string, JsonObject> documents)
    {
        string key = SuiteCluster.Key(status.Kind, status.Namespace, status.Name);
        JsonObject document = documents[key];
        long generation = (long)document["metadata"]!["generation"]!;
        foreach (JsonArray conditions in ConditionLists(status.Status))
        {
            if (conditions.Count > 8)
            {
                yield return $"{key}: {conditions.Count} conditions in one list, 8 are allowed";
            }

            if (conditions.DistinctBy(c => (string?)c!["type"]).Count() != conditions.Count)
            {
                yield return $"{key}: a condition stands twice";
            }

            foreach (JsonNode? condition in conditions)
            {
                if ((long?)condition!["observedGeneration"] != generation)
                {
                    yield return $"{key}: {condition["type"]} is of generation {condition["observedGeneration"]}, not {generation}";
                }

                if (!Reason().IsMatch((string?)condition["reason"] ?? "")
                    || (string?)condition["status"] is not ("True" or "False" or "Unknown")
                    || condition["message"] is not JsonNode message
                    || ((string)message!).Length > 32768)
                {
                    yield return $"{key}: the API server would refuse {condition.ToJsonString()}";
                }
            }
        }

        foreach (string fault in CheckReferences(status).Concat(CheckListeners(status, document)))
        {
            yield return $"{key}: {fault}";
        }
    }

    private static IEnumerable<string> CheckReferences(ObjectStatus status)
    {
        foreach (JsonNode entry in Expectation.Items(status.Status["parents"]).Concat(Expectation.Items(status.Status["ancestors"])))
        {
            JsonNode reference = (entry["parentRef"] ?? entry["ancestorRef"])!;
            if ((string?)reference["group"] != "gateway.networking.k8s.io" || (string?)reference["kind"] is not ("Gateway" or "ListenerSet"))
            {
                yield return $"group and kind must be explicit in {reference.ToJsonString()}";
            }

            if ((string?)entry["controllerName"] != GatewayTranslator.ControllerName)
            {
                yield return "an entry is not ours";
            }

            if (entry["conditions"] is not JsonArray { Count: > 0 })
            {
                yield return $"no conditions for {reference.ToJsonString()}";
            }
        }
    }

    /// <summary>Every listener has a status, with all three conditions.</summary>
    private static IEnumerable<string> CheckListeners(ObjectStatus status, JsonObject document)
    {
        // Of a ListenerSet that its Gateway does not take nothing more is known.
        if (status.Kind is not ("Gateway" or "ListenerSet")
            || (status.Kind == "ListenerSet" && Expectation.ConditionFault("Accepted", "False/NotAllowed", status.Status) is null))
        {
            yield break;
        }

        string[] spec = [.. Expectation.Items(document["spec"]!["listeners"]).Select(l => (string)l["name"]!)];
        string[] shown = [.. Expectation.Items(status.Status["listeners"]).Select(l => (string)l["name"]!)];
        if (!spec.SequenceEqual(shown))
        {
            yield return $"listeners are [{string.Join(',', spec)}], their statuses [{string.Join(',', shown)}]";
        }

        foreach (JsonNode listener in Expectation.Items(status.Status["listeners"]))
        {
            foreach (string type in (string[])["Accepted", "Programmed", "ResolvedRefs"])
            {
                if (!Expectation.Items(listener["conditions"]).Any(c => (string?)c["type"] == type))
                {
                    yield return $"listener {listener["name"]} has no condition {type}";
                }
            }
        }
    }

    /// <summary>The suite waits for all Gateways in its namespaces but those that say they never get ready.</summary>
    private static IEnumerable<string> CheckReadiness(SuiteOutcome outcome)
    {
        foreach ((string key, JsonObject document) in outcome.Documents)
        {
            JsonNode meta = document["metadata"]!;
            if ((string?)document["kind"] != "Gateway"
                || !SuiteNamespaces.Contains((string?)meta["namespace"])
                || (string?)meta["annotations"]?["gateway-api/skip-this-for-readiness"] == "true")
            {
                continue;
            }

            if (outcome.Status(key) is not ObjectStatus status)
            {
                yield return $"{key}: has no status";
                continue;
            }

            foreach (string type in (string[])["Accepted", "Programmed"])
            {
                if (Expectation.ConditionFault(type, "True", status.Status) is string fault)
                {
                    yield return $"{key}: is not ready: {fault}";
                }
            }

            if (!Expectation.Items(status.Status["addresses"]).Any())
            {
                yield return $"{key}: has no address";
            }
        }
    }

    /// <summary>Dozens of Gateways have a port 80, so no two may share an address.</summary>
    private static IEnumerable<string> CheckAddresses(Translation translation)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (GatewayResource gateway in translation.Snapshot.All<GatewayResource>())
        {
            foreach (string address in gateway.Addresses.Where(address => !owners.TryAdd(address, gateway.Key)))
            {
                yield return $"{gateway.Key} and {owners[address]} share {address}";
            }
        }
    }

    private static IEnumerable<JsonArray> ConditionLists(JsonObject status) =>
        new JsonNode?[] { status }
            .Concat(Expectation.Items(status["listeners"]))
            .Concat(Expectation.Items(status["parents"]))
            .Concat(Expectation.Items(status["ancestors"]))
            .Select(owner => owner!["conditions"])
            .OfType<JsonArray>();

    [GeneratedRegex("^[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?$")]
    private static partial Regex Reason();
}
