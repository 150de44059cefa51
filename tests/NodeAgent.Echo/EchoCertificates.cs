using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.AspNetCore.Server.Kestrel.Https;

namespace NodeAgent.Echo;

/// <summary>The TLS side of the sockets: what they show, what they ask, and what they saw.</summary>
internal static class EchoCertificates
{
    public static HttpsConnectionAdapterOptions Of(EchoOptions options)
    {
        // Kestrel tells the SNI only where it has to choose by it.
        X509Certificate2 certificate = Needed(options);
        HttpsConnectionAdapterOptions tls = new() { ServerCertificateSelector = (_, _) => certificate };
        if (options.ClientAuthorities is X509Certificate2Collection authorities)
        {
            tls.ClientCertificateMode = ClientCertificateMode.AllowCertificate;
            tls.ClientCertificateValidation = (certificate, _, _) => IsSigned(certificate, authorities);
        }

        return tls;
    }

    public static SslServerAuthenticationOptions OfTcp(EchoOptions options) => new() { ServerCertificate = Needed(options) };

    /// <summary>Null without TLS.</summary>
    public static EchoTls? Describe(HttpContext context) => context.Features.Get<ITlsHandshakeFeature>() is ITlsHandshakeFeature handshake
        ? new EchoTls(
            Name(handshake.Protocol),
            context.Connection.ClientCertificate is X509Certificate2 client ? [client.ExportCertificatePem()] : null,
            handshake.HostName ?? "",
            System.Text.Encoding.ASCII.GetString((context.Features.Get<ITlsApplicationProtocolFeature>()?.ApplicationProtocol ?? default).Span),
            handshake.NegotiatedCipherSuite?.ToString() ?? "")
        : null;

    public static EchoTls Describe(SslStream stream) => new(
        Name(stream.SslProtocol),
        null,
        stream.TargetHostName,
        stream.NegotiatedApplicationProtocol.ToString(),
        stream.NegotiatedCipherSuite.ToString());

    private static X509Certificate2 Needed(EchoOptions options) =>
        options.Certificate ?? throw new ArgumentException("sockets with TLS need a certificate", nameof(options));

    private static bool IsSigned(X509Certificate2 certificate, X509Certificate2Collection authorities)
    {
        using X509Chain chain = new();
        chain.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        chain.ChainPolicy.CustomTrustStore.AddRange(authorities);
        chain.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        return chain.Build(certificate);
    }

    private static string Name(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => "TLSv1.3",
        SslProtocols.Tls12 => "TLSv1.2",
        _ => protocol.ToString(),
    };
}
