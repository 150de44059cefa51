using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>HTTPRoute.spec.tls.certificateRef, which is meant in the route's own namespace.</summary>
internal static class RouteCertificates
{
    /// <summary>At most one of the two is set; none when the route brings no certificate.</summary>
    public static (Secret? Secret, Problem? Problem) Resolve(LegacyHttpRoute route, ObjectIndex index)
    {
        if (route.CertificateRef is not ObjectReference reference)
        {
            return default;
        }

        if (reference.Group != Groups.Core || reference.Kind != "Secret")
        {
            return Fault($"tls.certificateRef {reference.Kind} {reference.Name} is no core Secret");
        }

        string name = $"Secret {route.Meta.Namespace}/{reference.Name}";
        if (index.Find<Secret>(route.Meta.Namespace, reference.Name) is not Secret secret)
        {
            return Fault($"{name} does not exist");
        }

        return secret.Data.ContainsKey("tls.crt") && secret.Data.ContainsKey("tls.key")
            ? (secret, null)
            : Fault($"{name} has no certificate with its key");
    }

    private static (Secret? Secret, Problem? Problem) Fault(string message) =>
        (null, new Problem(LegacyReasons.InvalidCertificateRef, message) { Field = "spec.tls.certificateRef" });
}
