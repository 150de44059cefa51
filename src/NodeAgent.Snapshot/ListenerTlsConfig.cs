using System.Collections.Immutable;

namespace NodeAgent.Snapshot;

/// <summary>How a listener treats TLS.</summary>
/// <param name="Certificates">
/// In the Gateway's order, at least one with Terminate, none with Passthrough. Of those whose names take the server
/// name the most specific counts, of equals the first; if none takes it, the first of all.
/// </param>
/// <param name="ClientValidation">Null: clients are not asked for a certificate.</param>
public sealed record ListenerTlsConfig(
    TlsMode Mode, ImmutableArray<ListenerCertificate> Certificates, ClientValidation? ClientValidation = null);

public enum TlsMode
{
    Terminate,
    Passthrough,
}

/// <param name="Certificate">A <see cref="CertificateResource"/> id.</param>
/// <param name="DnsNames">Its DNS names, lower case, sorted, exact or <c>*.suffix</c> (which stands for one label).</param>
public sealed record ListenerCertificate(string Certificate, ImmutableArray<string> DnsNames);

/// <param name="Authorities"><see cref="CaResource"/> ids, at least one: any of them may have signed.</param>
public sealed record ClientValidation(ClientValidationMode Mode, ImmutableArray<string> Authorities);

public enum ClientValidationMode
{
    /// <summary>No valid client certificate, no connection.</summary>
    Required,

    /// <summary>Clients are asked, but those with a bad certificate or none are served too.</summary>
    Requested,
}
