using System.Collections.Immutable;
using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace NodeAgent.Translator.Graph.Certificates;

/// <summary>PEM texts as users have them: several blocks, notes between them, odd line ends.</summary>
internal static class PemBundle
{
    /// <summary>No chain is as long, and no list of authorities should be.</summary>
    private const int MaxCertificates = 512;

    /// <summary>Some editors begin a file with it.</summary>
    private const char ByteOrderMark = '\uFEFF';

    /// <summary>All CERTIFICATE blocks in order, as DER; blocks of other labels are passed over.</summary>
    /// <returns>At least one, or what is wrong with the text.</returns>
    public static (ImmutableArray<byte[]> Certificates, string? Fault) Certificates(string text)
    {
        var found = ImmutableArray.CreateBuilder<byte[]>();
        ReadOnlySpan<char> rest = text.AsSpan().TrimStart(ByteOrderMark);
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            if (rest[fields.Label] is "CERTIFICATE" or "X509 CERTIFICATE")
            {
                byte[] der = new byte[fields.DecodedDataLength];
                if (!Convert.TryFromBase64Chars(rest[fields.Base64Data], der, out int length) || !IsCertificate(der.AsSpan(0, length)))
                {
                    return ([], $"block {found.Count + 1} is no certificate");
                }

                if (found.Count == MaxCertificates)
                {
                    return ([], $"has more than {MaxCertificates} certificates");
                }

                found.Add(der[..length]);
            }

            rest = rest[fields.Location.End..];
        }

        return found.Count == 0 ? ([], "has no PEM certificate") : (found.ToImmutable(), null);
    }

    /// <summary>The first private key, alone and in one form of line ends; null with <paramref name="fault"/> when there is none.</summary>
    public static string? PrivateKey(string text, out string? fault)
    {
        ReadOnlySpan<char> rest = text.AsSpan().TrimStart(ByteOrderMark);
        while (PemEncoding.TryFind(rest, out PemFields fields))
        {
            switch (rest[fields.Label])
            {
                case "PRIVATE KEY" or "RSA PRIVATE KEY" or "EC PRIVATE KEY":
                    fault = null;
                    return Block(rest[fields.Label].ToString(), Convert.FromBase64String(rest[fields.Base64Data].ToString()));
                case "ENCRYPTED PRIVATE KEY":
                    fault = "is encrypted";
                    return null;
                default:
                    break;
            }

            rest = rest[fields.Location.End..];
        }

        fault = "has no PEM private key";
        return null;
    }

    public static string Write(IEnumerable<byte[]> certificates)
    {
        var text = new StringBuilder();
        foreach (byte[] der in certificates)
        {
            text.Append(Block("CERTIFICATE", der));
        }

        return text.ToString();
    }

    private static string Block(string label, byte[] data) => PemEncoding.WriteString(label, data) + "\n";

    private static bool IsCertificate(ReadOnlySpan<byte> der)
    {
        try
        {
            using X509Certificate2 certificate = X509CertificateLoader.LoadCertificate(der);
            return certificate.RawDataMemory.Length == der.Length;
        }
        catch (Exception e) when (e is CryptographicException or AsnContentException)
        {
            return false;
        }
    }
}
