using System.Text.Json.Serialization;

namespace NodeAgent.Snapshot;

/// <summary>
/// One unit of configuration that travels, is stored and is applied on its own. Immutable; equal content has
/// an equal <see cref="Digest"/>, whoever computed it.
/// </summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "resource")]
[JsonDerivedType(typeof(GatewayResource), "gateway")]
[JsonDerivedType(typeof(HttpRouteResource), "httpRoute")]
[JsonDerivedType(typeof(TcpRouteResource), "tcpRoute")]
[JsonDerivedType(typeof(UdpRouteResource), "udpRoute")]
[JsonDerivedType(typeof(TlsRouteResource), "tlsRoute")]
[JsonDerivedType(typeof(DnsRouteResource), "dnsRoute")]
[JsonDerivedType(typeof(BackendResource), "backend")]
[JsonDerivedType(typeof(StaticFilesResource), "staticFiles")]
[JsonDerivedType(typeof(CertificateResource), "certificate")]
[JsonDerivedType(typeof(CaResource), "ca")]
public abstract record Resource
{
    /// <summary>Stands where a secret was.</summary>
    protected const string HiddenText = "(hidden)";

    private string? _digest;

    private protected Resource()
    {
    }

    /// <summary>Copies all but the cached digest: a changed copy has a digest of its own.</summary>
    protected Resource(Resource original)
    {
    }

    /// <summary>Unique in a snapshot, e.g. <c>route/HTTPRoute/NS/NAME</c>.</summary>
    [JsonIgnore]
    public abstract string Id { get; }

    /// <summary>The first 16 hex digits of the SHA-256 of the canonical JSON of this resource.</summary>
    [JsonIgnore]
    public string Digest => _digest ??= SnapshotCodec.DigestOf(this);

    /// <summary>A copy fit to be shown: whoever carries secrets replaces them. Never to be applied or sent.</summary>
    public virtual Resource Redacted() => this;

    public virtual bool Equals(Resource? other) =>
        other is not null && (ReferenceEquals(this, other) || (Id == other.Id && Digest == other.Digest));

    public override int GetHashCode() => Digest.GetHashCode(StringComparison.Ordinal);
}
