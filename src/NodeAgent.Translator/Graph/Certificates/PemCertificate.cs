using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Certificates;

/// <summary>What the two PEM texts of a kubernetes.io/tls Secret hold.</summary>
/// <param name="ChainPem">The certificate first; anything between the PEM blocks is gone.</param>
/// <param name="DnsNames">Lower case, sorted; of the certificate's alternative names only those that are host names.</param>
internal sealed record PemCertificate(string ChainPem, string KeyPem, ImmutableArray<string> DnsNames)
{
    public const string CertificateKey = "tls.crt";

    public const string PrivateKeyKey = "tls.key";

    /// <summary>Longer texts are no certificates: a Secret may have 1 MiB, and reading is not free.</summary>
    private const int MaxBytes = 256 * 1024;

    private static readonly ConditionalWeakTable<Secret, Parsed> Known = [];

    /// <summary>Exactly one of the two is null; the fault is one phrase about the Secret. Read once per Secret object.</summary>
    public static (PemCertificate? Certificate, string? Fault) Of(Secret secret)
    {
        Parsed parsed = Known.GetValue(secret, static s => Parse(s));
        return (parsed.Certificate, parsed.Fault);
    }

    private static Parsed Parse(Secret secret)
    {
        if (secret.Type != "kubernetes.io/tls")
        {
            return new Parsed(null, $"is of type {FieldPath.OneLine(secret.Type)}, not kubernetes.io/tls");
        }

        if (!secret.Data.TryGetValue(CertificateKey, out ImmutableArray<byte> chain) || chain.IsEmpty)
        {
            return new Parsed(null, $"has no {CertificateKey}");
        }

        if (!secret.Data.TryGetValue(PrivateKeyKey, out ImmutableArray<byte> key) || key.IsEmpty)
        {
            return new Parsed(null, $"has no {PrivateKeyKey}");
        }

        if (chain.Length > MaxBytes || key.Length > MaxBytes)
        {
            return new Parsed(null, $"is larger than {MaxBytes} bytes");
        }

        return Parse(Encoding.UTF8.GetString(chain.AsSpan()), Encoding.UTF8.GetString(key.AsSpan()));
    }

    private static Parsed Parse(string chain, string key)
    {
        (ImmutableArray<byte[]> certificates, string? fault) = PemBundle.Certificates(chain);
        if (fault is not null)
        {
            return new Parsed(null, $"{CertificateKey} {fault}");
        }

        if (PemBundle.PrivateKey(key, out string? keyFault) is not string keyPem)
        {
            return new Parsed(null, $"{PrivateKeyKey} {keyFault}");
        }

        try
        {
            string chainPem = PemBundle.Write(certificates);
            using X509Certificate2 pair = X509Certificate2.CreateFromPem(PemBundle.Write([certificates[0]]), keyPem);
            return new Parsed(new PemCertificate(chainPem, keyPem, Names(pair)), null);
        }
        catch (Exception e) when (e is CryptographicException or ArgumentException or AsnContentException)
        {
            return new Parsed(null, $"{PrivateKeyKey} is not the key of the first certificate in {CertificateKey}, or of a kind that is not served (RSA and ECDSA are)");
        }
    }

    /// <summary>The subject's common name counts for nothing, as in browsers (RFC 9525).</summary>
    private static ImmutableArray<string> Names(X509Certificate2 certificate)
    {
        IEnumerable<string> names = certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>().SelectMany(e => e.EnumerateDnsNames());
        return [.. names.Select(n => n.ToLowerInvariant()).Where(IsName).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
    }

    /// <summary>Of any text in a certificate only what may be a host name (or a lone "*") goes on.</summary>
    private static bool IsName(string name) =>
        name.Length is > 0 and <= 253 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '*' or '_');

    private sealed record Parsed(PemCertificate? Certificate, string? Fault);
}
