using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Certificates;

namespace NodeAgent.Translator.Tests.Certificates;

public class PemCertificateTests
{
    [Fact]
    public void A_certificate_comes_with_its_key_and_names()
    {
        PemCertificate pem = Read(TestPem.ExampleCertificate, TestPem.ExampleKey);
        Assert.Equal(TestPem.ExampleCertificate.ReplaceLineEndings("\n") + "\n", pem.ChainPem);
        Assert.Equal(TestPem.ExampleKey.ReplaceLineEndings("\n") + "\n", pem.KeyPem);
        Assert.Equal(["*.example.com", "example.com"], pem.DnsNames.AsEnumerable());
    }

    [Fact]
    public void Only_dns_names_count_and_in_lower_case()
    {
        Assert.Equal(["other.org"], Read(TestPem.OtherCertificate, TestPem.OtherKey).DnsNames.AsEnumerable());
        Assert.Equal(["rsa.example.com"], Read(TestPem.RsaCertificate, TestPem.RsaKey).DnsNames.AsEnumerable());
    }

    [Fact]
    public void A_chain_keeps_its_order_and_loses_what_stands_between()
    {
        string chain = $"\uFEFF{TestPem.ExampleCertificate}\nBag Attributes\r\n{TestPem.ExampleCertificate}\r\nsubject=/CN=clients\n{TestPem.Authority}\n-----BEGIN X-----\nAAAA\n-----END X-----\n";
        Assert.Equal(
            $"{TestPem.ExampleCertificate}\n{TestPem.ExampleCertificate}\n{TestPem.Authority}\n".ReplaceLineEndings("\n"),
            Read(chain, TestPem.ExampleKey).ChainPem);
    }

    [Fact]
    public void Keys_may_be_sec1_and_have_parameters_before_them() => Assert.StartsWith(
        "-----BEGIN EC PRIVATE KEY-----",
        Read(TestPem.ExampleCertificate, "-----BEGIN EC PARAMETERS-----\nBggqhkjOPQMBBw==\n-----END EC PARAMETERS-----\n" + TestPem.ExampleKeySec1).KeyPem,
        StringComparison.Ordinal);

    [Theory]
    [InlineData("Hello world", TestPem.ExampleKey, "tls.crt has no PEM certificate")]
    [InlineData("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----", TestPem.ExampleKey, "tls.crt block 1 is no certificate")]
    [InlineData(TestPem.ExampleKey, TestPem.ExampleKey, "tls.crt has no PEM certificate")]
    [InlineData(TestPem.ExampleCertificate, TestPem.ExampleCertificate, "tls.key has no PEM private key")]
    [InlineData(TestPem.ExampleCertificate, "", "has no tls.key")]
    [InlineData("", TestPem.ExampleKey, "has no tls.crt")]
    [InlineData(TestPem.ExampleCertificate, TestPem.ExampleKeyEncrypted, "tls.key is encrypted")]
    [InlineData(TestPem.ExampleCertificate, TestPem.OtherKey, "tls.key is not the key")]
    [InlineData(TestPem.ExampleCertificate, TestPem.RsaKey, "tls.key is not the key")]
    [InlineData(TestPem.ExampleCertificate, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----", "tls.key is not the key")]
    [InlineData(TestPem.Ed25519Certificate, TestPem.Ed25519Key, "tls.key is not the key")]
    public void What_is_wrong_is_said_and_nothing_of_the_key(string certificate, string key, string fault)
    {
        (PemCertificate? pem, string? said) = PemCertificate.Of(TestPem.Secret("n", "s", certificate, key));
        Assert.Null(pem);
        Assert.StartsWith(fault, said, StringComparison.Ordinal);
        Assert.DoesNotContain("MIG", said, StringComparison.Ordinal);
    }

    [Fact]
    public void Other_types_of_Secrets_are_refused()
    {
        Secret opaque = TestPem.Secret("n", "s", TestPem.ExampleCertificate, TestPem.ExampleKey) with { Type = "Opaque" };
        Assert.Equal("is of type Opaque, not kubernetes.io/tls", PemCertificate.Of(opaque).Fault);
    }

    [Fact]
    public void A_text_too_long_to_be_a_certificate_is_not_read() => Assert.StartsWith(
        "is larger than",
        PemCertificate.Of(TestPem.Secret("n", "s", TestPem.ExampleCertificate + new string(' ', 300_000), TestPem.ExampleKey)).Fault,
        StringComparison.Ordinal);

    [Fact]
    public void Authorities_come_from_text_or_binary_data()
    {
        ConfigMap text = TestPem.Authorities("n", "c", "# ours\n" + TestPem.Authority);
        ConfigMap binary = text with
        {
            Data = ImmutableSortedDictionary<string, string>.Empty,
            BinaryData = ImmutableSortedDictionary<string, ImmutableArray<byte>>.Empty.Add("ca.crt", [.. System.Text.Encoding.UTF8.GetBytes(TestPem.Authority)]),
        };
        Assert.Equal(TestPem.Authority.ReplaceLineEndings("\n") + "\n", PemAuthorities.Of(text).Authorities!.Pem);
        Assert.Equal(PemAuthorities.Of(text).Authorities, PemAuthorities.Of(binary).Authorities);
    }

    [Theory]
    [InlineData("", "has no ca.crt")]
    [InlineData("none", "ca.crt has no PEM certificate")]
    public void A_ConfigMap_without_authorities_is_told_so(string text, string fault) =>
        Assert.Equal(fault, PemAuthorities.Of(TestPem.Authorities("n", "c", text)).Fault);

    private static PemCertificate Read(string certificate, string key)
    {
        (PemCertificate? pem, string? fault) = PemCertificate.Of(TestPem.Secret("n", "s", certificate, key));
        Assert.Null(fault);
        return pem!;
    }
}
