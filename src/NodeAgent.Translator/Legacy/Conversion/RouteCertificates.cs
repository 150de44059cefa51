using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;
using NodeAgent.Translator.Graph.Certificates;

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

        ResolvedCertificate resolved = CertificateReferences.Resolve(
            reference,
            new GrantFrom(LegacyObject.ApiGroup, route.Kind, route.Meta.Namespace),
            index,
            LegacyReasons.InvalidCertificateRef,
            "spec.tls.certificateRef");
        return resolved.Problem is null
            ? (index.Find<Secret>(route.Meta.Namespace, reference.Name), null)
            : (null, resolved.Problem);
    }
}
