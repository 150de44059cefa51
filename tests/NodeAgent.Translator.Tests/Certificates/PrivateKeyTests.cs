using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Certificates;

public class PrivateKeyTests
{
    private static readonly string KeyText = TestPem.ExampleKey.Split('\n')[1].Trim();

    [Fact]
    public void The_key_travels_and_counts_but_is_never_printed()
    {
        ConfigSnapshot snapshot = Translate(TestPem.ExampleCertificate, TestPem.ExampleKey);
        CertificateResource certificate = Assert.Single(snapshot.All<CertificateResource>());
        Assert.Contains(KeyText, SnapshotCodec.ToJson(snapshot), StringComparison.Ordinal);
        Assert.Equal(certificate, SnapshotCodec.FromJson(SnapshotCodec.ToJson(snapshot)).All<CertificateResource>().Single());
        Assert.NotEqual(certificate.Digest, certificate.Redacted().Digest);
        foreach (string shown in new[] { SnapshotCodec.ToPrintableJson(snapshot), SnapshotCodec.ToPrintableJson(snapshot, indented: true), certificate.ToString(), $"{certificate with { Name = "x" }}" })
        {
            Assert.DoesNotContain(KeyText, shown, StringComparison.Ordinal);
            Assert.DoesNotContain("PRIVATE KEY", shown, StringComparison.Ordinal);
        }

        Assert.Equal(snapshot.Resources.Length, SnapshotCodec.FromJson(SnapshotCodec.ToPrintableJson(snapshot)).Resources.Length);
    }

    [Fact]
    public void No_status_tells_anything_of_a_key() => Assert.All(
        GatewayTranslator.Translate(State(TestPem.OtherCertificate, TestPem.ExampleKey)).Statuses,
        s => Assert.DoesNotContain(KeyText, s.Status.ToJsonString(), StringComparison.Ordinal));

    [Fact]
    public void A_new_certificate_changes_the_digest_of_its_resource_alone()
    {
        var translator = new IncrementalTranslator();
        ConfigSnapshot before = translator.Translate(State(TestPem.ExampleCertificate, TestPem.ExampleKey)).Snapshot;
        ConfigSnapshot after = translator.Translate(State(TestPem.ExampleCertificate, TestPem.ExampleKeySec1)).Snapshot;
        Assert.Equal(
            ["certificate/default/cert"],
            after.Resources.Where(r => before.Resources.All(b => b.Digest != r.Digest)).Select(r => r.Id));
    }

    private static ConfigSnapshot Translate(string certificate, string key) => GatewayTranslator.Translate(State(certificate, key)).Snapshot;

    private static ClusterState State(string certificate, string key)
    {
        Listener https = Make.Http("https", 443) with
        {
            Protocol = "HTTPS",
            Tls = new ListenerTls("Terminate", [new ObjectReference(Groups.Core, "Secret", "cert", null)]),
        };
        return Make.State(Make.Class(), Make.Gateway("gw", [https]), TestPem.Secret("default", "cert", certificate, key));
    }
}
