using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Routes;

namespace NodeAgent.Translator.Graph;

/// <param name="Listener">Position in <see cref="GatewayNode.Listeners"/>.</param>
/// <param name="Hostnames">What both take; empty: every host the listener takes.</param>
internal readonly record struct AttachedListener(int Listener, ImmutableArray<string> Hostnames);

/// <summary>
/// Which listeners of one parent take a route. Only specs count: a listener that is conflicted or could not be bound
/// takes routes too, so that its status shows them.
/// </summary>
internal static class Attachment
{
    /// <summary>The three gates of attachment in order: the parentRef, allowedRoutes, the hostnames.</summary>
    public static (ImmutableArray<AttachedListener> Listeners, Problem? Problem) Attach(
        RouteObject route, RouteType type, ParentRef parent, ParentNode target, ObjectIndex index)
    {
        GatewayNode gateway = target.Gateway;
        if (target.Closed is Problem closed)
        {
            return ([], new Problem(Reasons.NoMatchingParent, $"{Describe(target)} is not in use: {closed.Message}"));
        }

        ImmutableArray<int> named = [.. gateway.ListenersOf(target.Owner).Where(i => IsNamed(gateway.Listeners[i].Listener, parent))];
        if (named.IsEmpty)
        {
            return ([], new Problem(Reasons.NoMatchingParent, $"{Describe(target)} has no listener {Describe(parent)}"));
        }

        ImmutableArray<int> ofKind = [.. named.Where(i => gateway.Listeners[i].SupportedKinds.Contains(type.Kind))];
        if (ofKind.IsEmpty)
        {
            return ([], new Problem(Reasons.NotAllowedByListeners, $"no listener of {Describe(target)} allows {route.Kind}s here"));
        }

        string routeNamespace = route.Meta.Namespace;
        ImmutableArray<int> allowed =
        [
            .. ofKind.Where(i => RouteNamespaces.Allows(
                gateway.Listeners[i].Listener.AllowedRoutes, target.Owner.Meta.Namespace, routeNamespace, index)),
        ];
        if (allowed.IsEmpty)
        {
            return ([], new Problem(Reasons.NotAllowedByListeners, $"no listener of {Describe(target)} allows routes of namespace {routeNamespace} here"));
        }

        ImmutableArray<string> hostnames = type.Hostnames(route);
        var attached = ImmutableArray.CreateBuilder<AttachedListener>();
        foreach (int i in allowed)
        {
            ListenerNode listener = gateway.Listeners[i];
            if (HostnameIntersection.TryIntersect(
                listener.Hostname, hostnames, listener.Listener.SingleLabelWildcards, out ImmutableArray<string> both))
            {
                attached.Add(new AttachedListener(i, both));
            }
        }

        return attached.Count > 0
            ? (attached.ToImmutable(), null)
            : ([], new Problem(Reasons.NoMatchingListenerHostname, $"no listener takes {Conditions.Names(hostnames)}"));
    }

    private static string Describe(ParentNode target) => $"{target.Owner.Kind} {target.Owner.Meta.Key}";

    private static bool IsNamed(Listener listener, ParentRef parent) =>
        (string.IsNullOrEmpty(parent.SectionName) || parent.SectionName == listener.Name)
        && (parent.Port is null || parent.Port == listener.Port);

    private static string Describe(ParentRef parent) => (parent.SectionName, parent.Port) switch
    {
        (null or "", null) => "at all",
        (null or "", int port) => $"on port {port}",
        (string section, null) => section,
        (string section, int port) => $"{section} on port {port}",
    };
}
