using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>Certificates of authorities whose signatures count, from a ConfigMap.</summary>
/// <param name="CertificatePem">One or more, as PEM.</param>
public sealed record CaResource(string Namespace, string Name, string CertificatePem) : Resource
{
    [JsonIgnore]
    public override string Id => IdOf(Namespace, Name);

    public static string IdOf(string ns, string name) => $"ca/{ns}/{name}";

    public bool Equals(CaResource? other) => base.Equals(other);

    public override int GetHashCode() => base.GetHashCode();
}
