using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace NodeAgent.Conformance;

/// <summary>What the suite, or the API server, demands of every status in every test.</summary>
public static partial class BaseRules
{
    private static readonly string[] SuiteNamespaces =
        ["gateway-conformance-infra", "gateway-conformance-app-backend", "gateway-conformance-web-backend"];

    private static readonly string[] KindsWithStatus =
    [
        "GatewayClass", "Gateway", "ListenerSet", "XListenerSet", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute", "BackendTLSPolicy",
    ];

    /// <param name="everythingServed">The data plane lacks nothing, so every Gateway must get ready.</param>
    public static IEnumerable<string> Check(ISuiteObjects objects, bool everythingServed = true) => objects.Documents
        .Where(d => KindsWithStatus.Contains((string?)d.Value["kind"]))
        .SelectMany(d => objects.Status(d.Key) is JsonObject status ? CheckStatus(d.Key, d.Value, status) : [])
        .Concat(everythingServed ? CheckReadiness(objects) : [])
        .Concat(CheckAddresses(objects));

    private static IEnumerable<string> CheckStatus(string key, JsonObject document, JsonObject status)
    {
        long generation = (long)document["metadata"]!["generation"]!;
        foreach (JsonArray conditions in ConditionLists(status))
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

        foreach (string fault in CheckReferences(status).Concat(CheckListeners(document, status)))
        {
            yield return $"{key}: {fault}";
        }
    }

    private static IEnumerable<string> CheckReferences(JsonObject status)
    {
        foreach (JsonNode entry in Expectation.Items(status["parents"]).Concat(Expectation.Items(status["ancestors"])))
        {
            JsonNode reference = (entry["parentRef"] ?? entry["ancestorRef"])!;
            if ((string?)reference["group"] != "gateway.networking.k8s.io" || (string?)reference["kind"] is not ("Gateway" or "ListenerSet"))
            {
                yield return $"group and kind must be explicit in {reference.ToJsonString()}";
            }

            if ((string?)entry["controllerName"] != SuiteNames.ControllerName)
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
    private static IEnumerable<string> CheckListeners(JsonObject document, JsonObject status)
    {
        // Of a ListenerSet that its Gateway does not take nothing more is known.
        string? kind = (string?)document["kind"];
        if (kind is not ("Gateway" or "ListenerSet")
            || (kind == "ListenerSet" && Expectation.ConditionFault("Accepted", "False/NotAllowed", status) is null))
        {
            yield break;
        }

        string[] spec = [.. Expectation.Items(document["spec"]!["listeners"]).Select(l => (string)l["name"]!)];
        string[] shown = [.. Expectation.Items(status["listeners"]).Select(l => (string)l["name"]!)];
        if (!spec.SequenceEqual(shown))
        {
            yield return $"listeners are [{string.Join(',', spec)}], their statuses [{string.Join(',', shown)}]";
        }

        foreach (JsonNode listener in Expectation.Items(status["listeners"]))
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
    private static IEnumerable<string> CheckReadiness(ISuiteObjects objects)
    {
        foreach ((string key, JsonObject document) in objects.Documents)
        {
            JsonNode meta = document["metadata"]!;
            if ((string?)document["kind"] != "Gateway"
                || !SuiteNamespaces.Contains((string?)meta["namespace"])
                || (string?)meta["annotations"]?["gateway-api/skip-this-for-readiness"] == "true")
            {
                continue;
            }

            if (objects.Status(key) is not JsonObject status)
            {
                yield return $"{key}: has no status";
                continue;
            }

            foreach (string type in (string[])["Accepted", "Programmed"])
            {
                if (Expectation.ConditionFault(type, "True", status) is string fault)
                {
                    yield return $"{key}: is not ready: {fault}";
                }
            }

            if (!Expectation.Items(status["addresses"]).Any())
            {
                yield return $"{key}: has no address";
            }
        }
    }

    /// <summary>Dozens of Gateways have a port 80, so no two may share an address.</summary>
    private static IEnumerable<string> CheckAddresses(ISuiteObjects objects)
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string key in objects.Documents.Keys.Where(k => k.StartsWith("Gateway ", StringComparison.Ordinal)))
        {
            foreach (string address in Expectation.Items(objects.Status(key)?["addresses"]).Select(a => (string)a["value"]!))
            {
                if (!owners.TryAdd(address, key))
                {
                    yield return $"{key} and {owners[address]} share {address}";
                }
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
