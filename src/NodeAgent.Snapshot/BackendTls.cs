using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>TLS towards a backend (Gateway API, BackendTLSPolicy and XBackend spec.tls). The backend is always verified.</summary>
/// <param name="ServerName">Sent as SNI; the certificate must be for it unless <paramref name="PeerNames"/> is set.</param>
/// <param name="PeerNames">One of these must be among the certificate's alternative names, and <paramref name="ServerName"/> then need not be.</param>
/// <param name="Authorities">Ids of <see cref="CaResource"/>s; null: the authorities that the system trusts.</param>
/// <param name="ClientCertificate">
/// The id of a <see cref="CertificateResource"/> to be shown to this backend, instead of the Gateway's own.
/// </param>
/// <param name="Fault">
/// The condition reason for which the backend cannot be verified; then every request is answered 503 and every
/// connection closed, never passed on in clear or unverified. <paramref name="Authorities"/> is then empty.
/// </param>
public sealed record BackendTls(
    string ServerName,
    ImmutableArray<PeerName>? PeerNames = null,
    ImmutableArray<string>? Authorities = null,
    string? ClientCertificate = null,
    string? Fault = null)
{
    /// <summary>
    /// The certificate may be for any name, only its authority counts: BackendPolicies of the original Service APIs name
    /// none. <see cref="ServerName"/> is then only sent, and <see cref="PeerNames"/> is null.
    /// </summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool AnyName { get; init; }
}

/// <param name="Value">Hostname: lower case, may begin with <c>*.</c>. Uri: compared as it is.</param>
public sealed record PeerName(PeerNameType Type, string Value);

public enum PeerNameType
{
    Hostname,
    Uri,
}
