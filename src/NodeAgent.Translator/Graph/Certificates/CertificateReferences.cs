using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Certificates;

/// <summary>Exactly one of <paramref name="Target"/> and <paramref name="Problem"/> is null.</summary>
/// <param name="Certificate">What <paramref name="Target"/> holds.</param>
internal readonly record struct ResolvedCertificate(CertificateTarget? Target, PemCertificate? Certificate, Problem? Problem);

/// <summary>Resolves references to certificates. Permission is asked before existence, so nobody can probe a foreign namespace.</summary>
internal static class CertificateReferences
{
    /// <param name="from">Who refers; its namespace is meant where the reference names none.</param>
    /// <param name="invalid">The reason for all but a missing grant.</param>
    /// <param name="field">Where the reference stands in its object.</param>
    public static ResolvedCertificate Resolve(ObjectReference reference, GrantFrom from, ObjectIndex index, string invalid, string field)
    {
        if (reference.Group != Groups.Core || reference.Kind != "Secret")
        {
            return Fault(invalid, $"{Describe(reference)} is no core Secret", "refer to a Secret of type kubernetes.io/tls");
        }

        string ns = reference.Namespace ?? from.Namespace;
        string name = $"Secret {ns}/{reference.Name}";
        if (!index.Permits(from, Groups.Core, "Secret", ns, reference.Name))
        {
            return new ResolvedCertificate(
                null, null, ReferenceGrants.NotPermitted(from, "Secret", ns, reference.Name) with { Field = field });
        }

        if (index.Find<Secret>(ns, reference.Name) is not Secret secret)
        {
            return Fault(invalid, $"{name} does not exist", $"kubectl create secret tls -n {ns} {reference.Name} --cert=FILE --key=FILE");
        }

        (PemCertificate? certificate, string? fault) = PemCertificate.Of(secret);
        return fault is null
            ? new ResolvedCertificate(new CertificateTarget(ns, reference.Name), certificate, null)
            : Fault(invalid, $"{name} {fault}", $"put a PEM certificate and its key into {PemCertificate.CertificateKey} and {PemCertificate.PrivateKeyKey}");

        ResolvedCertificate Fault(string reason, string message, string mend) =>
            new(null, null, new Problem(reason, message) { Field = field, Mend = mend });
    }

    public static string Describe(ObjectReference reference) =>
        $"{reference.Kind} {reference.Name}{(reference.Group.Length == 0 ? "" : $" of group {reference.Group}")}";
}
