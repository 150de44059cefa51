using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>Which references across namespaces are permitted: all of group, kind, namespace and name must agree.</summary>
internal static class ReferenceGrants
{
    /// <param name="grant">Of the namespace referred to.</param>
    public static bool Permits(ReferenceGrant grant, GrantFrom from, string toGroup, string toKind, string toName) =>
        grant.From.Contains(from)
        && grant.To.Any(t => t.Group == toGroup && t.Kind == toKind && (string.IsNullOrEmpty(t.Name) || t.Name == toName));

    /// <summary>What is said where none does.</summary>
    public static Problem NotPermitted(GrantFrom from, string toKind, string toNamespace, string toName)
    {
        string kinds = from.Kind.EndsWith('s') ? from.Kind : $"{from.Kind}s";
        return new Problem(
            Reasons.RefNotPermitted,
            $"no ReferenceGrant in namespace {toNamespace} lets {kinds} of namespace {from.Namespace} refer to {toKind} {toNamespace}/{toName}")
        {
            Mend = $"add a ReferenceGrant to namespace {toNamespace}, from {from.Kind} in {from.Namespace} to {toKind}",
        };
    }
}
