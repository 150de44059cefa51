using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Certificates;

/// <summary>A Secret whose certificate the snapshot carries.</summary>
internal sealed record CertificateTarget(string Namespace, string Name) : SnapshotTarget
{
    public override string Id => CertificateResource.IdOf(Namespace, Name);

    public override TargetResult Build(ObjectIndex index) =>
        index.Find<Secret>(Namespace, Name) is Secret secret && PemCertificate.Of(secret).Certificate is PemCertificate pem
            ? TargetResult.Of(new CertificateResource(Namespace, Name, pem.ChainPem, pem.KeyPem))
            : default;
}

/// <summary>A ConfigMap whose authorities the snapshot carries.</summary>
internal sealed record AuthorityTarget(string Namespace, string Name) : SnapshotTarget
{
    public override string Id => CaResource.IdOf(Namespace, Name);

    public override TargetResult Build(ObjectIndex index) =>
        index.Find<ConfigMap>(Namespace, Name) is ConfigMap map && PemAuthorities.Of(map).Authorities is PemAuthorities pem
            ? TargetResult.Of(new CaResource(Namespace, Name, pem.Pem))
            : default;
}
