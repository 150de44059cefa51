using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>
/// What a route's parentRef leads to: the listeners in the spec of a Gateway of ours, or of a ListenerSet that names
/// one. A Gateway never stands for its ListenerSets.
/// </summary>
/// <param name="Owner">The Gateway or the ListenerSet.</param>
/// <param name="Closed">Why nothing can attach there at all.</param>
internal sealed record ParentNode(GatewayNode Gateway, ApiObject Owner, Problem? Closed)
{
    public static ParentNode Of(GatewayNode gateway) => new(gateway, gateway.Gateway, null);

    /// <summary>Null when it leads to nothing of ours.</summary>
    public static ParentNode? Find(ParentRef parent, string routeNamespace, ObjectIndex index)
    {
        if (parent.Group != Groups.Gateway)
        {
            return null;
        }

        string ns = parent.Namespace ?? routeNamespace;
        switch (parent.Kind)
        {
            case "Gateway":
                return index.Gateway($"{ns}/{parent.Name}") is GatewayNode gateway ? Of(gateway) : null;
            case "ListenerSet":
                return index.Find<ListenerSet>(ns, parent.Name) is ListenerSet { Links.IsEmpty: false } set
                    && index.Gateway(set.ParentKey) is GatewayNode owner
                        ? new ParentNode(owner, set, owner.Sets.First(s => ReferenceEquals(s.Set, set)).NotAllowed)
                        : null;
            default:
                return null;
        }
    }
}
