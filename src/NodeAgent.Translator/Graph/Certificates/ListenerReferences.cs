using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Parameters;

namespace NodeAgent.Translator.Graph.Certificates;

/// <summary>What a listener refers to in order to serve TLS.</summary>
/// <param name="Certificates">Those that can be used, in the listener's order.</param>
/// <param name="Certificate">The first certificateRef that leads nowhere.</param>
/// <param name="Authority">The first reference to authorities, of the Gateway for this port, that leads nowhere.</param>
/// <param name="Unusable">Why nothing can be served: there is no certificate.</param>
/// <param name="Refusal">Why the listener is not Accepted: there is no authority where clients must be checked.</param>
internal sealed record ListenerReferences(
    ImmutableArray<ListenerCertificate> Certificates,
    ClientValidation? ClientValidation,
    ImmutableArray<SnapshotTarget> Targets,
    Problem? Certificate,
    Problem? Authority,
    Problem? Unusable,
    Problem? Refusal)
{
    public static ListenerReferences None { get; } = new([], null, [], null, null, null, null);

    /// <summary>For listeners without TLS there is nothing to resolve.</summary>
    /// <param name="gateway">Whose spec.tls.frontend counts, also for its ListenerSets.</param>
    /// <param name="parameters">Where the certificate of a listener that names none comes from.</param>
    public static ListenerReferences Of(ListenerNode node, Gateway gateway, EffectiveParameters parameters, ObjectIndex index)
    {
        if (node.TlsMode != TlsMode.Terminate)
        {
            return None;
        }

        var targets = new List<SnapshotTarget>();
        var certificates = ImmutableArray.CreateBuilder<ListenerCertificate>();
        Problem? certificate = AddCertificates(node, parameters, index, targets, certificates);
        ResolvedClients clients = ClientReferences.Of(node, gateway, index);
        bool usable = certificates.Count > 0 && clients.Refusal is null;
        return new ListenerReferences(
            certificates.ToImmutable(),
            clients.Validation,
            usable ? [.. targets, .. clients.Targets] : [],
            certificate,
            clients.Unresolved,
            certificates.Count == 0 ? certificate : null,
            clients.Refusal);
    }

    public ListenerTlsConfig? ToConfig(TlsMode? mode) =>
        mode is TlsMode value ? new ListenerTlsConfig(value, Certificates, ClientValidation) : null;

    private static Problem? AddCertificates(
        ListenerNode node,
        EffectiveParameters parameters,
        ObjectIndex index,
        List<SnapshotTarget> targets,
        ImmutableArray<ListenerCertificate>.Builder certificates)
    {
        var from = new GrantFrom(Groups.Gateway, node.Owner.Kind, node.Owner.Meta.Namespace);
        string path = $"spec.listeners[{node.Position}].tls.certificateRefs";
        ImmutableArray<ObjectReference> references = node.Listener.Tls?.CertificateRefs ?? [];
        if (references.IsEmpty && parameters.DefaultCertificate is ObjectReference common)
        {
            (references, from) = ([common], parameters.CertificateOwner!);
        }

        if (references.IsEmpty)
        {
            return new Problem(Reasons.InvalidCertificateRef, "there is no certificateRef") { Field = path, Mend = "name a Secret of type kubernetes.io/tls" };
        }

        Problem? first = null;
        for (int i = 0; i < references.Length; i++)
        {
            ResolvedCertificate resolved = CertificateReferences.Resolve(
                references[i], from, index, Reasons.InvalidCertificateRef, FieldPath.Item(path, i));
            first ??= resolved.Problem;
            if (resolved.Target is CertificateTarget target && certificates.All(c => c.Certificate != target.Id))
            {
                targets.Add(target);
                certificates.Add(new ListenerCertificate(target.Id, resolved.Certificate!.DnsNames));
            }
        }

        return first;
    }
}
