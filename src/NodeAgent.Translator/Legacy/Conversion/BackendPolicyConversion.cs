using System.Collections.Immutable;
using System.Text;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;
using NodeAgent.Translator.Graph.Certificates;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>
/// BackendPolicies with TLS as BackendTLSPolicies. The authority was a Secret and is a ConfigMap today: one is made of
/// it. If it cannot be used there is none, and the backends are refused rather than reached in clear.
/// </summary>
internal static class BackendPolicyConversion
{
    private const string AuthorityKey = "ca.crt";

    public static LegacyConversion Of(BackendPolicy policy, ObjectIndex index)
    {
        // Without a class of ours the policy is meant for somebody else, and its Services for our other routes are as they are.
        if (policy.Tls is null || !index.All<LegacyGatewayClass>().Any(c => c.Controller == GatewayTranslator.ControllerName))
        {
            return LegacyConversion.None;
        }

        (string? pem, Problem? _) = Authority(policy, index);
        ObjectMeta authority = ConvertedNames.Of(policy.Meta, "ca");
        var objects = ImmutableArray.CreateBuilder<ApiObject>();
        foreach (IGrouping<string, PolicyTarget> service in Targets(policy, index).GroupBy(t => t.Name))
        {
            var reference = new ObjectReference(Groups.Core, "ConfigMap", authority.Name, null);

            // No name was given, so none can be asked for; servers that need one to choose by get their own.
            string serverName = $"{service.Key}.{policy.Meta.Namespace}.svc";
            objects.Add(new BackendTlsPolicy(
                ConvertedNames.Of(policy.Meta, service.Key),
                [.. service],
                new BackendTlsValidation([reference], null, serverName, []) { AnyName = true },
                ImmutableSortedDictionary<string, string>.Empty));
        }

        if (pem is not null && objects.Count > 0)
        {
            objects.Add(new ConfigMap(
                authority,
                ImmutableSortedDictionary<string, string>.Empty.Add(AuthorityKey, pem),
                ImmutableSortedDictionary<string, ImmutableArray<byte>>.Empty));
        }

        return new LegacyConversion([policy, pem ?? "", .. objects.OfType<BackendTlsPolicy>().SelectMany(p => p.Targets)], objects.ToImmutable());
    }

    /// <summary>The PEM text of the authorities, or what is wrong with the reference to it.</summary>
    public static (string? Pem, Problem? Problem) Authority(BackendPolicy policy, ObjectIndex index)
    {
        if (policy.Tls?.AuthorityRef is not ObjectReference reference)
        {
            return Fault("tls.certificateAuthorityRef is missing: nothing says how to verify the backends");
        }

        if (reference.Group != Groups.Core || reference.Kind != "Secret")
        {
            return Fault($"{CertificateReferences.Describe(reference)} is no core Secret");
        }

        string name = $"Secret {policy.Meta.Namespace}/{reference.Name}";
        if (index.Find<Secret>(policy.Meta.Namespace, reference.Name) is not Secret secret)
        {
            return Fault($"{name} does not exist");
        }

        if (!secret.Data.TryGetValue(AuthorityKey, out ImmutableArray<byte> bytes))
        {
            return Fault($"{name} has no {AuthorityKey}");
        }

        string pem = Encoding.UTF8.GetString(bytes.AsSpan());
        return PemBundle.Certificates(pem).Fault is string fault ? Fault($"{name} {AuthorityKey} {fault}") : (pem, null);

        (string? Pem, Problem? Problem) Fault(string message) => (null, new Problem(LegacyReasons.InvalidCertificateRef, message)
        {
            Field = "spec.tls.certificateAuthorityRef",
        });
    }

    /// <summary>
    /// Port by port: the oldest policy wins whether it names the port or the whole Service, while today one that names
    /// the port goes before all others.
    /// </summary>
    public static IEnumerable<PolicyTarget> Targets(BackendPolicy policy, ObjectIndex index) => policy.Backends
        .Where(b => b.Group == Groups.Core && b.Kind == "Service")
        .Select(b => (Backend: b, Service: index.Find<Service>(policy.Meta.Namespace, b.Name)))
        .Where(b => b.Service is not null)
        .SelectMany(b => b.Service!.Ports
            .Where(p => p.Protocol == "TCP" && (b.Backend.Port is null || b.Backend.Port == p.Port))
            .Select(p => new PolicyTarget(Groups.Core, "Service", b.Backend.Name, p.Name.Length == 0 ? null : p.Name)))
        .Distinct();
}
