using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator;

/// <summary>
/// Objects that belong to one that does not exist. They get no status, as somebody else may serve them; in a folder of
/// manifests it is mostly a slip of the pen.
/// </summary>
internal static class UnknownOwners
{
    private const string Mend = "mend the name, or add the object to the manifests";

    public static IEnumerable<Finding> In(ImmutableArray<ApiObject> objects)
    {
        HashSet<(string, string)> known = [.. objects.Where(o => o.Group == Groups.Gateway).Select(o => (o.Kind, o.Meta.Key))];
        foreach (ApiObject item in objects)
        {
            switch (item)
            {
                case Gateway gateway when !known.Contains(("GatewayClass", gateway.GatewayClassName)):
                    yield return Of(item, "spec.gatewayClassName", "GatewayClass", gateway.GatewayClassName);
                    break;
                case ListenerSet set when !known.Contains(("Gateway", set.ParentKey)):
                    yield return Of(item, "spec.parentRef", "Gateway", set.ParentKey);
                    break;
                case RouteObject route:
                    for (int i = 0; i < route.ParentRefs.Length; i++)
                    {
                        ParentRef parent = route.ParentRefs[i];
                        string key = $"{parent.Namespace ?? route.Meta.Namespace}/{parent.Name}";
                        if (parent is { Group: Groups.Gateway, Kind: "Gateway" or "ListenerSet" } && !known.Contains((parent.Kind, key)))
                        {
                            yield return Of(item, $"spec.parentRefs[{i}]", parent.Kind, key);
                        }
                    }

                    break;
            }
        }
    }

    /// <summary>The condition that the API server gives it when it is made, and that nobody changes.</summary>
    private static Finding Of(ApiObject item, string field, string ownerKind, string owner) => new(
        item.Group, item.Kind, item.Meta.Namespace, item.Meta.Name, "", field,
        Conditions.Accepted, "Unknown", Reasons.Pending, $"there is no {ownerKind} {owner}", Mend);
}
