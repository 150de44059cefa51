using System.Collections.Immutable;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator;

/// <summary>Which problems stand behind the conditions that statuses show: statuses have no room for fields.</summary>
internal sealed class ConditionPlaces
{
    private readonly Dictionary<(string Group, string Kind, string Key), List<(string Type, string Message, ImmutableArray<Problem> Problems)>> _known = [];

    public static ConditionPlaces Of(GatewayGraph graph)
    {
        var places = new ConditionPlaces();
        foreach (GatewayNode gateway in graph.Gateways)
        {
            places.Add(gateway.Gateway, gateway.OwnConditions);
            for (int i = 0; i < gateway.Listeners.Length; i++)
            {
                places.Add(gateway.Listeners[i].Owner, gateway.ListenerConditions[i]);
            }

            foreach (ListenerSetNode set in gateway.Sets)
            {
                places.Add(set.Set, set.OwnConditions);
            }
        }

        foreach (RouteNode route in graph.Routes)
        {
            foreach (RouteParentNode parent in route.Parents)
            {
                places.Add(route.Route, parent.Conditions, route.Body.Unresolved);
            }
        }

        return places;
    }

    /// <returns>Nothing where nothing more is known than the condition says.</returns>
    public ImmutableArray<Problem> Of(ObjectStatus status, string type, string message)
    {
        foreach ((string knownType, string knownMessage, ImmutableArray<Problem> problems) in _known.GetValueOrDefault((FindingReader.GroupOf(status.ApiVersion), status.Kind, FindingReader.KeyOf(status)), []))
        {
            if (knownType == type && knownMessage == message)
            {
                return problems;
            }
        }

        return [];
    }

    /// <param name="unresolved">What ResolvedRefs stands for, as a condition has room for one message.</param>
    private void Add(Api.ApiObject owner, ImmutableArray<Condition> conditions, ImmutableArray<Problem> unresolved = default)
    {
        foreach (Condition condition in conditions.Where(c => !ConditionMeaning.IsGood(c.Type, c.Status)))
        {
            (string, string, string) key = (owner.Group, owner.Kind, owner.Meta.Key);
            if (!_known.TryGetValue(key, out List<(string, string, ImmutableArray<Problem>)>? list))
            {
                _known[key] = list = [];
            }

            list.Add((
                condition.Type,
                condition.Message,
                condition.Type == Conditions.ResolvedRefs && !unresolved.IsDefaultOrEmpty
                    ? unresolved
                    : [new Problem(condition.Reason, condition.Message) { Field = condition.Field, Mend = condition.Mend }]));
        }
    }
}
