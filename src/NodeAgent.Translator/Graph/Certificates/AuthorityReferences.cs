using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Certificates;

/// <summary>Resolves references to the authorities that client certificates are checked against.</summary>
internal static class AuthorityReferences
{
    /// <summary>Exactly one of the two is null. Permission is asked before existence.</summary>
    /// <param name="from">Who refers; its namespace is meant where the reference names none.</param>
    /// <param name="field">Where the reference stands in its object.</param>
    public static (AuthorityTarget? Target, Problem? Problem) Resolve(ObjectReference reference, GrantFrom from, ObjectIndex index, string field)
    {
        if (reference.Group != Groups.Core || reference.Kind != "ConfigMap")
        {
            return Fault(
                Reasons.InvalidCACertificateKind,
                $"{CertificateReferences.Describe(reference)} is no core ConfigMap",
                $"refer to a ConfigMap with a key {PemAuthorities.Key}");
        }

        string ns = reference.Namespace ?? from.Namespace;
        string name = $"ConfigMap {ns}/{reference.Name}";
        if (!index.Permits(from, Groups.Core, "ConfigMap", ns, reference.Name))
        {
            return (null, ReferenceGrants.NotPermitted(from, "ConfigMap", ns, reference.Name) with { Field = field });
        }

        if (index.Find<ConfigMap>(ns, reference.Name) is not ConfigMap map)
        {
            return Fault(
                Reasons.InvalidCACertificateRef,
                $"{name} does not exist",
                $"kubectl create configmap -n {ns} {reference.Name} --from-file={PemAuthorities.Key}=FILE");
        }

        (PemAuthorities? _, string? fault) = PemAuthorities.Of(map);
        return fault is null
            ? (new AuthorityTarget(ns, reference.Name), null)
            : Fault(Reasons.InvalidCACertificateRef, $"{name} {fault}", $"put PEM certificates into its key {PemAuthorities.Key}");

        (AuthorityTarget? Target, Problem? Problem) Fault(string reason, string message, string mend) =>
            (null, new Problem(reason, message) { Field = field, Mend = mend });
    }
}
