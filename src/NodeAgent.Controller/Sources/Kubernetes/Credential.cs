using System.Security.Cryptography.X509Certificates;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>What a request shows of who we are. Never printed.</summary>
/// <param name="Authorization">The header; null for none.</param>
/// <param name="Certificates">The client certificate, which has its key, and those of its issuers; empty for none.</param>
internal sealed class Credential(string? authorization, X509Certificate2Collection? certificates = null)
{
    public static Credential None { get; } = new(null);

    public string? Authorization { get; } = authorization;

    public X509Certificate2Collection Certificates { get; } = certificates ?? [];

    public bool HasSameCertificate(Credential other) =>
        Certificates.Count == other.Certificates.Count
        && (Certificates.Count == 0 || Certificates[0].RawDataMemory.Span.SequenceEqual(other.Certificates[0].RawDataMemory.Span));
}

/// <param name="Credential">Null when there is none: see <paramref name="Problem"/>.</param>
/// <param name="Problem">One line that names the file or program and the mend.</param>
internal sealed record CredentialAnswer(Credential? Credential, string Problem = "");

/// <summary>Where credentials come from. Safe for any thread.</summary>
internal interface ICredentialSource
{
    ValueTask<CredentialAnswer> GetAsync(CancellationToken cancel);

    /// <summary>The server did not accept it (401): the next one is got anew.</summary>
    void Refused(Credential credential);
}

internal sealed class FixedCredential(Credential credential) : ICredentialSource
{
    public ValueTask<CredentialAnswer> GetAsync(CancellationToken cancel) => new(new CredentialAnswer(credential));

    public void Refused(Credential credential)
    {
        // There is no other.
    }
}
