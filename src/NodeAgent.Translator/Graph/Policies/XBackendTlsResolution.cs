using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Certificates;

namespace NodeAgent.Translator.Graph.Policies;

/// <summary>spec.tls of an XBackend.</summary>
internal static class XBackendTlsResolution
{
    public static bool IsOn(XBackendTls? tls) => tls is not null && tls.Mode != "None";

    /// <summary>Null: in clear. Without a validation the system's authorities must vouch for the host name.</summary>
    public static ResolvedBackendTls? Of(XBackend backend, ObjectIndex index)
    {
        if (backend.Tls is not XBackendTls tls || !IsOn(tls))
        {
            return null;
        }

        var from = new GrantFrom(backend.Group, backend.Kind, backend.Meta.Namespace);
        ResolvedBackendTls resolved = tls.Validation is BackendTlsValidation validation
            ? BackendTlsResolution.Of(validation, from, "spec.tls.validation", index)
            : new ResolvedBackendTls(new BackendTls(backend.Hostname), [], null, null);
        if (backend.Protocol == "H2C")
        {
            return BackendTlsResolution.Refuse(
                resolved.Tls, resolved.Unresolved, new Problem(Reasons.Invalid, "protocol H2C is HTTP/2 in clear, but tls is set") { Field = "spec.protocol", Mend = "use HTTP2" });
        }

        return tls.ClientCertificate is ObjectReference reference ? WithClient(resolved, reference, from, index) : resolved;
    }

    private static ResolvedBackendTls WithClient(ResolvedBackendTls resolved, ObjectReference reference, GrantFrom from, ObjectIndex index)
    {
        (CertificateTarget? target, _, Problem? problem) = CertificateReferences.Resolve(
            reference, from, index, Reasons.InvalidClientCertificateRef, "spec.tls.clientCertificateRef");
        if (problem is not null)
        {
            Problem refused = resolved.Refused ?? new Problem(Reasons.Invalid, problem.Message) { Field = problem.Field, Mend = problem.Mend };
            return BackendTlsResolution.Refuse(resolved.Tls, resolved.Unresolved ?? problem, refused);
        }

        return resolved.Refused is not null
            ? resolved
            : resolved with { Tls = resolved.Tls with { ClientCertificate = target!.Id }, Needs = resolved.Needs.Add(target) };
    }
}
