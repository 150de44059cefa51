using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Legacy;
using NodeAgent.Translator.Legacy.Conversion;

namespace NodeAgent.Translator.Graph.Policies;

/// <summary>What is said to one Gateway.</summary>
/// <param name="Gateway"><c>NS/NAME</c>.</param>
internal sealed record AncestorConditions(string Gateway, ImmutableArray<Condition> Conditions);

/// <summary>The status of an object that says one thing to each Gateway that uses it.</summary>
internal static class AncestorStatus
{
    /// <summary>Of policies, by the Gateway API's PolicyStatus.</summary>
    public const int MaxAncestors = 16;

    /// <summary>Of XBackend, which calls them parents.</summary>
    public const int MaxParents = 32;

    public static ImmutableArray<ObjectStatus> OfPolicy(ApiObject policy, string version, ImmutableArray<AncestorConditions> ancestors) =>
        Of(policy, version, ancestors, MaxAncestors, "ancestors", "ancestorRef");

    public static ImmutableArray<ObjectStatus> OfBackend(ApiObject backend, string version, ImmutableArray<AncestorConditions> parents) =>
        Of(backend, version, parents, MaxParents, "parents", "parentRef");

    /// <summary>The first by key are kept, each saying how many were left out; so the list does not flap.</summary>
    public static ImmutableArray<AncestorConditions> Cut(ImmutableArray<AncestorConditions> ancestors, int max)
    {
        ImmutableArray<AncestorConditions> sorted = [.. ancestors.OrderBy(a => a.Gateway, StringComparer.Ordinal)];
        if (sorted.Length <= max)
        {
            return sorted;
        }

        string more = $"; {sorted.Length - max} more Gateways use it than the status has room for";
        return
        [
            .. sorted.Take(max).Select(a => a with
            {
                Conditions = [.. a.Conditions.Select(c => c.Type == Conditions.Accepted ? c with { Message = c.Message + more } : c)],
            }),
        ];
    }

    private static ImmutableArray<ObjectStatus> Of(
        ApiObject item, string version, ImmutableArray<AncestorConditions> ancestors, int max, string list, string reference)
    {
        if (ancestors.IsEmpty)
        {
            return [];
        }

        ImmutableArray<AncestorConditions> kept = Cut(ancestors, max);
        return
        [
            new ObjectStatus(
                $"{item.Group}/{version}", item, () => new JsonObject
                {
                    [list] = new JsonArray([.. kept.Select(a => Write(a, reference))]),
                }),
        ];
    }

    private static JsonObject Write(AncestorConditions ancestor, string reference)
    {
        string[] key = ancestor.Gateway.Split('/');
        return new JsonObject
        {
            [reference] = new JsonObject
            {
                ["group"] = ConvertedNames.Is(key[1]) ? LegacyObject.ApiGroup : Groups.Gateway,
                ["kind"] = "Gateway",
                ["namespace"] = key[0],
                ["name"] = ConvertedNames.Restore(key[1]),
            },
            ["controllerName"] = GatewayTranslator.ControllerName,
            ["conditions"] = StatusBuilder.List(ancestor.Conditions),
        };
    }
}
