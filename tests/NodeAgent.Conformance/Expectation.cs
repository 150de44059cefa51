using System.Globalization;
using System.Text.Json.Nodes;

namespace NodeAgent.Conformance;

/// <summary>
/// One line about one object: <c>KIND [NS/]NAME [PART]: FACT...</c>.
/// PART is <c>listener NAME</c>, <c>parent [KIND/]NAME</c> or <c>ancestor NAME</c>; without it the object itself is meant.
/// FACT is one of
/// <c>TYPE=STATUS[/REASON]</c> a condition; <c>!TYPE</c> no such condition;
/// <c>kinds=A,B</c> supportedKinds has these (empty: has none); <c>attached=N</c> attachedRoutes; <c>sets=N</c> attachedListenerSets;
/// <c>listeners=N</c> so many listener statuses; <c>address</c> at least one; <c>addresses=A,B</c> exactly these;
/// <c>parents=N</c>, <c>ancestors=N</c> so many; <c>refused</c> no parent accepts it.
/// </summary>
public static class Expectation
{
    /// <returns>What is wrong; nothing when the line holds.</returns>
    public static IEnumerable<string> Check(string line, ISuiteObjects objects)
    {
        int colon = line.IndexOf(": ", StringComparison.Ordinal);
        string[] subject = line[..colon].Split(' ');
        JsonObject? status = objects.Status(SuiteNames.KeyOf(line[..colon]));
        if (status is null)
        {
            return [$"{line[..colon]}: has no status"];
        }

        JsonNode? part = subject.Length == 2 ? status : Part(status, subject[2], subject[3]);
        if (part is null)
        {
            return [$"{line[..colon]}: has no such {subject[2]}"];
        }

        return line[(colon + 2)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(fact => Fault(fact, part))
            .Where(fault => fault is not null)
            .Select(fault => $"{line[..colon]}: {fault}");
    }

    /// <summary>The suite's "route is accepted" helper: every parent, and all three conditions of all its listeners.</summary>
    public static IEnumerable<string> CheckAccepted(string route, ISuiteObjects objects)
    {
        string key = SuiteNames.KeyOf(route);
        if (objects.Status(key) is not JsonObject status)
        {
            yield return $"{route}: has no status";
            yield break;
        }

        foreach (JsonNode parent in Items(status["parents"]))
        {
            if (ConditionFault("Accepted", "True/Accepted", parent) is string fault)
            {
                yield return $"{route} parent {parent["parentRef"]!["name"]}: {fault}";
            }

            JsonNode reference = parent["parentRef"]!;
            string owner = SuiteNames.Key((string)reference["kind"]!, (string?)reference["namespace"] ?? key.Split(' ', '/')[1], (string)reference["name"]!);
            foreach (JsonNode listener in Items(objects.Status(owner)?["listeners"]))
            {
                foreach (string type in (string[])["Accepted", "Programmed", "ResolvedRefs"])
                {
                    if (ConditionFault(type, "True", listener) is string bad)
                    {
                        yield return $"{route}: {owner} listener {listener["name"]}: {bad}";
                    }
                }
            }
        }
    }

    /// <returns>Null when the condition is as wanted.</returns>
    public static string? ConditionFault(string type, string wanted, JsonNode part)
    {
        JsonNode? found = Items(part["conditions"]).SingleOrDefault(c => (string?)c["type"] == type);
        string[] statusAndReason = wanted.Split('/');
        return found is not null
            && (string?)found["status"] == statusAndReason[0]
            && (statusAndReason.Length == 1 || (string?)found["reason"] == statusAndReason[1])
            ? null
            : $"{type} should be {wanted} and is {(found is null ? "absent" : $"{found["status"]}/{found["reason"]} ({found["message"]})")}";
    }

    /// <summary>Nothing when there is no such list.</summary>
    public static IEnumerable<JsonNode> Items(JsonNode? list) => (list as JsonArray ?? []).Select(i => i!);

    private static JsonNode? Part(JsonObject status, string kind, string name) => kind switch
    {
        "listener" => Items(status["listeners"]).SingleOrDefault(l => (string?)l["name"] == name),
        "parent" => Items(status["parents"]).FirstOrDefault(p => IsRef(p["parentRef"]!, name)),
        "ancestor" => Items(status["ancestors"]).SingleOrDefault(a => IsRef(a["ancestorRef"]!, name)),
        _ => throw new ArgumentException($"no part {kind}", nameof(kind)),
    };

    private static bool IsRef(JsonNode reference, string name) => name.Split('/') is [string kind, string of]
        ? (string?)reference["kind"] == kind && (string?)reference["name"] == of
        : (string?)reference["name"] == name;

    private static string? Fault(string fact, JsonNode part)
    {
        string[] sides = fact.Split('=', 2);
        string wanted = sides.Length == 2 ? sides[1] : "";
        return sides[0] switch
        {
            _ when fact.StartsWith('!') => Items(part["conditions"]).Any(c => (string?)c["type"] == fact[1..]) ? $"{fact[1..]} should be absent" : null,
            "kinds" => KindsFault(wanted, part),
            "attached" => Differ("attachedRoutes", wanted, part["attachedRoutes"]?.ToString() ?? "0"),
            "sets" => Differ("attachedListenerSets", wanted, part["attachedListenerSets"]?.ToString() ?? "0"),
            "listeners" or "parents" or "ancestors" => Differ($"number of {sides[0]}", wanted, Items(part[sides[0]]).Count()),
            "address" => Items(part["addresses"]).Any() ? null : "has no address",
            "addresses" => Differ("addresses", wanted, string.Join(',', Items(part["addresses"]).Select(a => (string)a["value"]!))),
            "refused" => Items(part["parents"]).Any(p => ConditionFault("Accepted", "False", p) is not null) ? "a parent accepts it" : null,
            _ => ConditionFault(sides[0], wanted, part),
        };
    }

    /// <summary>As the suite compares: nothing wanted means nothing there, else all that is wanted must be there.</summary>
    private static string? KindsFault(string wanted, JsonNode part)
    {
        string[] kinds = [.. Items(part["supportedKinds"]).Select(k => (string)k["kind"]!)];
        string[] names = wanted.Split(',', StringSplitOptions.RemoveEmptyEntries);
        bool holds = names.Length == 0 ? kinds.Length == 0 : names.All(n => kinds.Contains(n));
        return holds ? null : $"supportedKinds should have [{wanted}] and has [{string.Join(',', kinds)}]";
    }

    private static string? Differ(string what, string wanted, object found)
    {
        string text = Convert.ToString(found, CultureInfo.InvariantCulture)!;
        return text == wanted ? null : $"{what} should be {wanted} and is {text}";
    }
}
