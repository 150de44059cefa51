using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Certificates;

namespace NodeAgent.Translator.Graph.Policies;

/// <param name="Tls">With a fault when <paramref name="Refused"/> is set: what cannot be verified is not spoken to.</param>
/// <param name="Needs">What <paramref name="Tls"/> refers to.</param>
/// <param name="Unresolved">The first reference that leads nowhere.</param>
/// <param name="Refused">Nothing is left that a backend could be verified with.</param>
internal sealed record ResolvedBackendTls(
    BackendTls Tls, ImmutableArray<SnapshotTarget> Needs, Problem? Unresolved, Problem? Refused);

/// <summary>What a BackendTLSPolicy or an XBackend says about verifying a backend, with its references looked up.</summary>
internal static class BackendTlsResolution
{
    private const string System = "System";

    /// <param name="from">Whose references they are; they stay in its namespace.</param>
    /// <param name="path">Of the validation in its object.</param>
    public static ResolvedBackendTls Of(BackendTlsValidation validation, GrantFrom from, string path, ObjectIndex index)
    {
        ImmutableArray<PeerName>? names = validation.SubjectAltNames.IsEmpty
            ? null
            : [.. validation.SubjectAltNames.Select(n => new PeerName(n.Type == "URI" ? PeerNameType.Uri : PeerNameType.Hostname, n.Value))];
        if (validation.CaCertificateRefs.IsEmpty)
        {
            return validation.WellKnownCaCertificates == System
                ? new ResolvedBackendTls(new BackendTls(validation.Hostname, names), [], null, null)
                : Refuse(
                    new BackendTls(validation.Hostname, names),
                    null,
                    new Problem(Reasons.Invalid, $"wellKnownCACertificates {validation.WellKnownCaCertificates} is not known; System is")
                    {
                        Field = $"{path}.wellKnownCACertificates",
                    });
        }

        Problem? first = null;
        var targets = ImmutableArray.CreateBuilder<SnapshotTarget>();
        for (int i = 0; i < validation.CaCertificateRefs.Length; i++)
        {
            (AuthorityTarget? target, Problem? problem) = AuthorityReferences.Resolve(
                validation.CaCertificateRefs[i], from, index, FieldPath.Item($"{path}.caCertificateRefs", i));
            first ??= problem;
            if (target is not null && !targets.Contains(target))
            {
                targets.Add(target);
            }
        }

        // The same mistake has another name in BackendTLSPolicy than in a Gateway.
        first = first?.Reason == Reasons.InvalidCACertificateKind ? first with { Reason = Reasons.InvalidKind } : first;
        return targets.Count == 0
            ? Refuse(
                new BackendTls(validation.Hostname, names),
                first,
                new Problem(Reasons.NoValidCACertificate, $"no caCertificateRef can be used: {first!.Message}") { Field = first.Field, Mend = first.Mend })
            : new ResolvedBackendTls(
                new BackendTls(validation.Hostname, names, [.. targets.Select(t => t.Id)]) { AnyName = validation.AnyName },
                targets.ToImmutable(),
                first,
                null);
    }

    public static ResolvedBackendTls Refuse(BackendTls tls, Problem? unresolved, Problem refused) =>
        new(tls with { Authorities = [], ClientCertificate = null, Fault = refused.Reason }, [], unresolved, refused);
}
