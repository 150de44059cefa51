using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;

namespace NodeAgent.Echo;

/// <summary>How TLS looked to the backend; absent parts are empty.</summary>
/// <param name="Version"><c>TLSv1.2</c>, <c>TLSv1.3</c>.</param>
/// <param name="PeerCertificates">PEM.</param>
public sealed record EchoTls(string Version, string[] PeerCertificates, string ServerName, string NegotiatedProtocol, string CipherSuite)
{
    internal static EchoTls? Of(HttpContext context) =>
        context.Features.Get<ISslStreamFeature>() is ISslStreamFeature feature ? Of(feature.SslStream) : null;

    internal static EchoTls Of(SslStream stream) => new(
        Name(stream.SslProtocol),
        Pem(stream.RemoteCertificate as X509Certificate2),
        stream.TargetHostName,
        stream.NegotiatedApplicationProtocol.ToString(),
        stream.NegotiatedCipherSuite.ToString());

    private static string[] Pem(X509Certificate2? certificate) => certificate is null ? [] : [certificate.ExportCertificatePem()];

    private static string Name(SslProtocols version) => version switch
    {
        SslProtocols.Tls12 => "TLSv1.2",
        SslProtocols.Tls13 => "TLSv1.3",
        _ => version.ToString(),
    };
}
