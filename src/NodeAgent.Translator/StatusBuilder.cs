using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;
using NodeAgent.Translator.Legacy.Conversion;

namespace NodeAgent.Translator;

/// <summary>Writes the graph's conditions in the API's shape. Decides nothing.</summary>
internal static class StatusBuilder
{
    private const string GatewayApiVersion = Groups.Gateway + "/v1";

    public static ObjectStatus Of(GatewayClassNode node) => Of(node.Class, GatewayClass(node));

    /// <summary>Of the Gateway and of all that shares its fate.</summary>
    public static IEnumerable<ObjectStatus> Of(GatewayNode node, GatewayGraph graph) =>
        [Of(node.Gateway, Gateway(node, graph)), .. node.Sets.Select(s => Of(s.Set, ListenerSet(s, node, graph)))];

    public static ObjectStatus Of(RouteNode node)
    {
        string version = node.Route.Group == Groups.Gateway ? GatewayApiVersion : $"{node.Route.Group}/v1alpha1";
        return new ObjectStatus(version, node.Route, () => Route(node))
        {
            Sound = node.Parents.All(p => p.Conditions.All(c => ConditionMeaning.IsGood(c.Type, c.Status))),
        };
    }

    private static ObjectStatus Of(ApiObject item, JsonObject status) =>
        new(GatewayApiVersion, item, status);

    private static JsonObject GatewayClass(GatewayClassNode node) => new()
    {
        ["conditions"] = List(node.OwnConditions),
        ["supportedFeatures"] = new JsonArray([.. node.Api.Features.Select(n => new JsonObject { ["name"] = n })]),
    };

    private static JsonObject Gateway(GatewayNode node, GatewayGraph graph)
    {
        var status = new JsonObject
        {
            ["addresses"] = new JsonArray(
                [.. node.Addresses.Select(a => new JsonObject { ["type"] = "IPAddress", ["value"] = a })]),
            ["conditions"] = List(node.OwnConditions),
            ["listeners"] = Listeners(node, node.Gateway, graph),
        };
        if (!node.Sets.IsEmpty)
        {
            status["attachedListenerSets"] = node.Sets.Count(s => s.Attached);
        }

        return status;
    }

    private static JsonObject ListenerSet(ListenerSetNode set, GatewayNode node, GatewayGraph graph) => new()
    {
        ["conditions"] = List(set.OwnConditions),
        ["listeners"] = set.NotAllowed is null ? Listeners(node, set.Set, graph) : ClosedListeners(set),
    };

    private static JsonArray ClosedListeners(ListenerSetNode set) => new([.. set.Set.Listeners.Select(l => new JsonObject
    {
        ["name"] = l.Name,
        ["attachedRoutes"] = 0,
        ["supportedKinds"] = new JsonArray(),
        ["conditions"] = List(set.ClosedListener),
    })]);

    private static JsonArray Listeners(GatewayNode node, ApiObject owner, GatewayGraph graph) => new([.. node.ListenersOf(owner).Select(i => new JsonObject
    {
        ["name"] = node.Listeners[i].Listener.Name,
        ["attachedRoutes"] = graph.AttachedRoutes(node.Gateway.Meta.Key, i),
        ["supportedKinds"] = new JsonArray(
            [.. node.Listeners[i].SupportedKinds.Select(k => new JsonObject { ["group"] = k.Group, ["kind"] = k.Kind })]),
        ["conditions"] = List(node.ListenerConditions[i]),
    })]);

    private static JsonObject Route(RouteNode node) => new()
    {
        ["parents"] = new JsonArray([.. node.Parents.Select(p => new JsonObject
        {
            ["parentRef"] = Parent(p.Ref),
            ["controllerName"] = GatewayTranslator.ControllerName,
            ["conditions"] = List(p.Conditions),
        })]),
    };

    /// <summary>Group and kind stand even where the route left them out; the rest as the route has it.</summary>
    private static JsonObject Parent(ParentRef parent)
    {
        var json = new JsonObject { ["group"] = parent.Group, ["kind"] = parent.Kind };
        if (parent.Namespace is not null)
        {
            json["namespace"] = parent.Namespace;
        }

        json["name"] = parent.Name;
        if (parent.SectionName is not null)
        {
            json["sectionName"] = parent.SectionName;
        }

        if (parent.Port is int port)
        {
            json["port"] = port;
        }

        return json;
    }

    public static JsonArray List(ImmutableArray<Condition> conditions) => new([.. conditions.Select(c => new JsonObject
    {
        ["type"] = c.Type,
        ["status"] = c.Status,
        ["observedGeneration"] = c.ObservedGeneration,
        ["reason"] = c.Reason,
        ["message"] = ConvertedNames.Restore(c.Message),
    })]);
}
