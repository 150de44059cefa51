using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>Which references across namespaces are permitted: all of group, kind, namespace and name must agree.</summary>
internal sealed class ReferenceGrants
{
    private readonly HashSet<Permission> _permissions = [];

    public ReferenceGrants(IEnumerable<ReferenceGrant> grants)
    {
        foreach (ReferenceGrant grant in grants)
        {
            foreach (GrantFrom from in grant.From)
            {
                foreach (GrantTo to in grant.To)
                {
                    string? name = string.IsNullOrEmpty(to.Name) ? null : to.Name;
                    _permissions.Add(new Permission(from, to.Group, to.Kind, grant.Meta.Namespace, name));
                }
            }
        }
    }

    public bool Permits(GrantFrom from, string toGroup, string toKind, string toNamespace, string toName) =>
        from.Namespace == toNamespace
        || _permissions.Contains(new Permission(from, toGroup, toKind, toNamespace, toName))
        || _permissions.Contains(new Permission(from, toGroup, toKind, toNamespace, null));

    /// <param name="ToName">Null: every object of that kind.</param>
    private readonly record struct Permission(GrantFrom From, string ToGroup, string ToKind, string ToNamespace, string? ToName);
}
