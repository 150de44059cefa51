using System.Text;
using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>
/// A certificate with its key, from a Secret. Both are PEM and known to belong together. The key counts in the digest
/// and travels, but is never printed.
/// </summary>
/// <param name="CertificatePem">The certificate first, then those that lead to its root.</param>
/// <param name="PrivateKeyPem">One unencrypted key.</param>
public sealed record CertificateResource(
    string Namespace,
    string Name,
    string CertificatePem,
    string PrivateKeyPem) : Resource
{
    [JsonIgnore]
    public override string Id => IdOf(Namespace, Name);

    public static string IdOf(string ns, string name) => $"certificate/{ns}/{name}";

    public override Resource Redacted() => this with { PrivateKeyPem = HiddenText };

    public bool Equals(CertificateResource? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();

    protected override bool PrintMembers(StringBuilder builder)
    {
        builder.Append(Id);
        return true;
    }
}
