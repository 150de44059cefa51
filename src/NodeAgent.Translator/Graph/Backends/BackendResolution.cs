using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Backends;

/// <summary>Resolves backendRefs. Permission is asked before existence, so nobody can probe a foreign namespace.</summary>
internal static class BackendResolution
{
    /// <returns>Exactly one of the two is null.</returns>
    public static (SnapshotTarget? Target, Problem? Problem) Resolve(BackendRef backend, RouteObject route, ObjectIndex index)
    {
        if (BackendTypes.Find(backend.Group, backend.Kind) is not BackendType type)
        {
            string group = backend.Group.Length == 0 ? "core" : backend.Group;
            return (null, new Problem(
                Reasons.InvalidKind, $"backendRef {backend.Name} is of kind {backend.Kind} in group {group}, which is not served")
            {
                Mend = $"refer to one of {string.Join(", ", BackendTypes.All.Select(t => t.Kind))}",
            });
        }

        string ns = backend.Namespace ?? route.Meta.Namespace;
        var from = new GrantFrom(route.Group, route.Kind, route.Meta.Namespace);
        return index.Permits(from, type.Group, type.Kind, ns, backend.Name)
            ? type.Resolve(backend, ns, route, index)
            : (null, ReferenceGrants.NotPermitted(from, type.Kind, ns, backend.Name));
    }
}
