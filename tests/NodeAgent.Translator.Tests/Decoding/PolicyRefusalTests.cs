namespace NodeAgent.Translator.Tests.Decoding;

/// <summary>Limits, enums, patterns and rules across fields of the CRDs that concern backends, each once.</summary>
public sealed class PolicyRefusalTests
{
    private const string Service = "{group: \"\", kind: Service, name: s}";
    private const string System = "{hostname: a.b, wellKnownCACertificates: System}";
    private const string Reference = "{group: \"\", kind: ConfigMap, name: ca}";

    [Theory]
    [InlineData("{validation: " + System + "}", "spec.targetRefs: is missing")]
    [InlineData("{targetRefs: [], validation: " + System + "}", "spec.targetRefs: has 0 items, 1 to 16")]
    [InlineData("{targetRefs: [{kind: Service, name: s}], validation: " + System + "}", "spec.targetRefs[0].group: is missing")]
    [InlineData("{targetRefs: [" + Service + ", " + Service + "], validation: " + System + "}", "spec.targetRefs[1]: names the same target as targetRefs[0], then sectionName must differ")]
    [InlineData("{targetRefs: [" + Service + ", {group: \"\", kind: Service, name: s, sectionName: a}], validation: " + System + "}", "spec.targetRefs[1]: names the same target as targetRefs[0], then each of them must set sectionName")]
    [InlineData("{targetRefs: [{group: \"\", kind: Service, name: s, sectionName: a}, {group: \"\", kind: Service, name: s, sectionName: a}], validation: " + System + "}", "spec.targetRefs[1]: names the same target as targetRefs[0], then sectionName must differ")]
    [InlineData("{targetRefs: [{group: \"\", kind: Service, name: s, sectionName: A}], validation: " + System + "}", "spec.targetRefs[0].sectionName: is \"A\"")]
    [InlineData("{targetRefs: [" + Service + "]}", "spec.validation: is missing")]
    [InlineData("{targetRefs: [" + Service + "], validation: {wellKnownCACertificates: System}}", "spec.validation.hostname: is missing")]
    [InlineData("{targetRefs: [" + Service + "], validation: {hostname: '*.b', wellKnownCACertificates: System}}", "spec.validation.hostname: is \"*.b\"")]
    [InlineData("{targetRefs: [" + Service + "], validation: {hostname: a.b}}", "spec.validation.caCertificateRefs: is missing, it or wellKnownCACertificates")]
    [InlineData("{targetRefs: [" + Service + "], validation: {hostname: a.b, caCertificateRefs: [" + Reference + "], wellKnownCACertificates: System}}", "spec.validation.wellKnownCACertificates: is set beside caCertificateRefs")]
    [InlineData("{targetRefs: [" + Service + "], validation: {hostname: a.b, wellKnownCACertificates: Mine}}", "spec.validation.wellKnownCACertificates: is \"Mine\"")]
    [InlineData("{targetRefs: [" + Service + "], validation: {hostname: a.b, caCertificateRefs: [{group: '', kind: ConfigMap}]}}", "spec.validation.caCertificateRefs[0].name: is missing")]
    [InlineData("{targetRefs: [" + Service + "], validation: {hostname: a.b, wellKnownCACertificates: System, subjectAltNames: [{type: IP}]}}", "spec.validation.subjectAltNames[0].type: is \"IP\"")]
    [InlineData("{targetRefs: [" + Service + "], validation: {hostname: a.b, wellKnownCACertificates: System, subjectAltNames: [{type: Hostname}]}}", "spec.validation.subjectAltNames[0].hostname: is missing, type Hostname needs it")]
    [InlineData("{targetRefs: [" + Service + "], validation: {hostname: a.b, wellKnownCACertificates: System, subjectAltNames: [{type: URI}]}}", "spec.validation.subjectAltNames[0].uri: is missing, type URI needs it")]
    [InlineData("{targetRefs: [" + Service + "], validation: {hostname: a.b, wellKnownCACertificates: System, subjectAltNames: [{type: URI, uri: 'a://b', hostname: a.b}]}}", "spec.validation.subjectAltNames[0].hostname: is set with type URI")]
    [InlineData("{targetRefs: [" + Service + "], validation: {hostname: a.b, wellKnownCACertificates: System, subjectAltNames: [{type: Hostname, hostname: a.b, uri: 'a://b'}]}}", "spec.validation.subjectAltNames[0].uri: is set with type Hostname")]
    [InlineData("{targetRefs: [" + Service + "], validation: {hostname: a.b, wellKnownCACertificates: System, subjectAltNames: [{type: URI, uri: 'a:b'}]}}", "spec.validation.subjectAltNames[0].uri: is \"a:b\"")]
    public void A_BackendTLSPolicy_is_refused_at_the_field_that_is_wrong(string spec, string problem)
    {
        BackendRefusalTests.Refused("gateway.networking.k8s.io/v1", "BackendTLSPolicy", $"spec: {spec}", problem);
        BackendRefusalTests.Refused("gateway.networking.k8s.io/v1alpha3", "BackendTLSPolicy", $"spec: {spec}", problem);
    }

    [Theory]
    [InlineData("caCertificateRefs", 8)]
    [InlineData("subjectAltNames", 5)]
    public void Lists_of_a_validation_have_limits(string list, int most)
    {
        string item = list == "subjectAltNames" ? "{type: Hostname, hostname: a.b}" : Reference;
        string other = list == "subjectAltNames" ? ", wellKnownCACertificates: System" : "";
        string items = string.Join(", ", Enumerable.Repeat(item, most + 1));
        BackendRefusalTests.Refused(
            "gateway.networking.k8s.io/v1",
            "BackendTLSPolicy",
            $"spec: {{targetRefs: [{Service}], validation: {{hostname: a.b, {list}: [{items}]{other}}}}}",
            $"spec.validation.{list}: has {most + 1} items, 0 to {most} are allowed");
    }

    [Theory]
    [InlineData("{externalHostname: {hostname: a.b}, port: {port: 80}}", "spec.type: is missing")]
    [InlineData("{type: Service, externalHostname: {hostname: a.b}, port: {port: 80}}", "spec.type: is \"Service\", must be one of ExternalHostname")]
    [InlineData("{type: ExternalHostname, port: {port: 80}}", "spec.externalHostname: is missing, type ExternalHostname needs it")]
    [InlineData("{type: ExternalHostname, externalHostname: {}, port: {port: 80}}", "spec.externalHostname.hostname: is missing")]
    [InlineData("{type: ExternalHostname, externalHostname: {hostname: web.shop.svc.cluster.local}, port: {port: 80}}", "spec.externalHostname.hostname: is \"web.shop.svc.cluster.local\", must be a lower-case host name that does not end with .cluster.local")]
    [InlineData("{type: ExternalHostname, externalHostname: {hostname: '*.b'}, port: {port: 80}}", "spec.externalHostname.hostname: is \"*.b\"")]
    [InlineData("{type: ExternalHostname, externalHostname: {hostname: a.b}}", "spec.port: is missing")]
    [InlineData("{type: ExternalHostname, externalHostname: {hostname: a.b}, port: {port: 65536}}", "spec.port.port: is the number 65536")]
    [InlineData("{type: ExternalHostname, externalHostname: {hostname: a.b}, port: {port: 80, name: A}}", "spec.port.name: is \"A\"")]
    [InlineData("{type: ExternalHostname, externalHostname: {hostname: a.b}, port: {port: 80}, protocol: GRPC}", "spec.protocol: is \"GRPC\"")]
    [InlineData("{type: ExternalHostname, externalHostname: {hostname: a.b}, port: {port: 80}, tls: {}}", "spec.tls.mode: is missing")]
    [InlineData("{type: ExternalHostname, externalHostname: {hostname: a.b}, port: {port: 80}, tls: {mode: ClientAndServer}}", "spec.tls.clientCertificateRef: is missing, mode ClientAndServer needs it")]
    [InlineData("{type: ExternalHostname, externalHostname: {hostname: a.b}, port: {port: 80}, tls: {mode: ServerOnly, clientCertificateRef: {name: c}}}", "spec.tls.clientCertificateRef: is set with mode ServerOnly")]
    [InlineData("{type: ExternalHostname, externalHostname: {hostname: a.b}, port: {port: 80}, tls: {mode: ServerOnly, validation: {hostname: a.b}}}", "spec.tls.validation.caCertificateRefs: is missing")]
    public void An_XBackend_is_refused_at_the_field_that_is_wrong(string spec, string problem) =>
        BackendRefusalTests.Refused("gateway.networking.x-k8s.io/v1alpha1", "XBackend", $"spec: {spec}", problem);

    [Theory]
    [InlineData("{}", "spec.targetRefs: is missing")]
    [InlineData("{targetRefs: [" + Service + ", " + Service + "]}", "spec.targetRefs[1]: names the same target as targetRefs[0]")]
    [InlineData("{targetRefs: [" + Service + "], retryConstraint: {budget: {percent: 101}}}", "spec.retryConstraint.budget.percent: is the number 101")]
    [InlineData("{targetRefs: [" + Service + "], retryConstraint: {budget: {interval: 999ms}}}", "spec.retryConstraint.budget.interval: is 0.999 seconds, must be from 1s to 1h")]
    [InlineData("{targetRefs: [" + Service + "], retryConstraint: {budget: {interval: 1h1ms}}}", "spec.retryConstraint.budget.interval: is 3600.001 seconds")]
    [InlineData("{targetRefs: [" + Service + "], retryConstraint: {minRetryRate: {count: 0}}}", "spec.retryConstraint.minRetryRate.count: is the number 0")]
    [InlineData("{targetRefs: [" + Service + "], retryConstraint: {minRetryRate: {interval: 0s}}}", "spec.retryConstraint.minRetryRate.interval: is 0 seconds, must be from 1ms to 1h")]
    [InlineData("{targetRefs: [" + Service + "], retryConstraint: {minRetryRate: {interval: 61m}}}", "spec.retryConstraint.minRetryRate.interval: is 3660 seconds")]
    [InlineData("{targetRefs: [" + Service + "], sessionPersistence: {cookieConfig: {lifetimeType: Permanent}}}", "spec.sessionPersistence.absoluteTimeout: is missing")]
    [InlineData("{targetRefs: [" + Service + "], sessionPersistence: {type: Header, cookieConfig: {}}}", "spec.sessionPersistence.cookieConfig: is set with type Header")]
    public void An_XBackendTrafficPolicy_is_refused_at_the_field_that_is_wrong(string spec, string problem) =>
        BackendRefusalTests.Refused("gateway.networking.x-k8s.io/v1alpha1", "XBackendTrafficPolicy", $"spec: {spec}", problem);
}
