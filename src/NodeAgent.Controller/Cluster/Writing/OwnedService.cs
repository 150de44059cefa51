using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Cluster.Writing;

/// <summary>The Service of one Gateway as it is to be, and what one at the server is beside that.</summary>
/// <param name="Gateway">Its owner.</param>
internal sealed record OwnedService(OwnedObject Wanted, StoredObject Gateway)
{
    private const string GatewayLabel = Groups.Gateway + "/gateway-name";

    private const string ManagedByLabel = "app.kubernetes.io/managed-by";

    /// <summary>What server-side apply sends: fields that are not in it any more, and that we put there, go.</summary>
    public JsonObject Applied()
    {
        JsonObject json = Wanted.ToJson();
        json["metadata"]!["ownerReferences"] = new JsonArray(Owner());
        json["spec"]!["type"] = "ClusterIP";
        return json;
    }

    /// <summary>
    /// As it is made: with its owner and nothing to find it by, so that whoever finds it by the Gateway's name finds it
    /// with all that is applied to it then.
    /// </summary>
    public JsonObject Created()
    {
        JsonObject json = Applied();
        var meta = (JsonObject)json["metadata"]!;
        meta["labels"] = new JsonObject { [ManagedByLabel] = Wanted.Labels[ManagedByLabel] };
        meta.Remove("annotations");
        return json;
    }

    /// <summary>
    /// Whether a Service of its name is ours to change: it belongs to the Gateway, or says that we manage it for a Gateway
    /// of that name and belongs to nothing else.
    /// </summary>
    public bool IsOurs(JsonObject service)
    {
        JsonNode? labels = service["metadata"]?["labels"];
        return OwnersOf(service).Any(o => ConditionMerge.Text(o, "uid") == Gateway.Uid)
            || (ConditionMerge.Text(labels, ManagedByLabel) == Wanted.Labels[ManagedByLabel]
                && ConditionMerge.Text(labels, GatewayLabel) == Wanted.Labels[GatewayLabel]
                && OwnersOf(service).Where(o => o["controller"]?.GetValueKind() == JsonValueKind.True).All(HasGatewayName));
    }

    /// <summary>Whether it belongs to a Gateway that had the name before, and so goes with that one.</summary>
    public bool IsOfNamesake(JsonObject service) =>
        OwnersOf(service).Any(o => HasGatewayName(o) && ConditionMerge.Text(o, "uid") != Gateway.Uid);

    /// <summary>Whether it has all that it is to have; it may have more.</summary>
    public bool Fits(JsonObject service)
    {
        JsonNode? meta = service["metadata"];
        return Has(meta?["labels"], Wanted.Labels)
            && Has(meta?["annotations"], Wanted.Annotations)
            && OwnersOf(service).Any(o => JsonNode.DeepEquals(o, Owner()))
            && ConditionMerge.Text(service["spec"], "type") == "ClusterIP"
            && !Selects(service);
    }

    /// <summary>With a selector it would have endpoints, and something would serve it.</summary>
    public static bool Selects(JsonObject service) => service["spec"]?["selector"] is JsonObject { Count: > 0 };

    public static IEnumerable<JsonObject> OwnersOf(JsonObject item) =>
        (item["metadata"]?["ownerReferences"] as JsonArray ?? []).OfType<JsonObject>();

    private bool HasGatewayName(JsonObject owner) =>
        ConditionMerge.Text(owner, "kind") == "Gateway"
        && ConditionMerge.Text(owner, "apiVersion").StartsWith(Groups.Gateway + "/", StringComparison.Ordinal)
        && ConditionMerge.Text(owner, "name") == Gateway.Name;

    private JsonObject Owner() => new()
    {
        ["apiVersion"] = Gateway.Resource.ApiVersion,
        ["kind"] = "Gateway",
        ["name"] = Gateway.Name,
        ["uid"] = Gateway.Uid,
        ["controller"] = true,
        ["blockOwnerDeletion"] = true,
    };

    private static bool Has(JsonNode? texts, ImmutableSortedDictionary<string, string> wanted) =>
        wanted.All(w => (texts as JsonObject)?[w.Key] is JsonValue value && value.TryGetValue(out string? text) && text == w.Value);
}
