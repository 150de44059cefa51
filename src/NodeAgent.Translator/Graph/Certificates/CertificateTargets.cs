using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Certificates;

/// <summary>A Secret whose certificate the snapshot carries.</summary>
internal sealed record CertificateTarget(string Namespace, string Name)
{
    public string Id => CertificateResource.IdOf(Namespace, Name);

    /// <summary>Null when there is none any more.</summary>
    public Resource? Build(ObjectIndex index) =>
        index.Find<Secret>(Namespace, Name) is Secret secret && PemCertificate.Of(secret).Certificate is PemCertificate pem
            ? new CertificateResource(Namespace, Name, pem.ChainPem, pem.KeyPem)
            : null;
}

/// <summary>A ConfigMap whose authorities the snapshot carries.</summary>
internal sealed record AuthorityTarget(string Namespace, string Name)
{
    public string Id => CaResource.IdOf(Namespace, Name);

    /// <summary>Null when there is none any more.</summary>
    public Resource? Build(ObjectIndex index) =>
        index.Find<ConfigMap>(Namespace, Name) is ConfigMap map && PemAuthorities.Of(map).Authorities is PemAuthorities pem
            ? new CaResource(Namespace, Name, pem.Pem)
            : null;
}
