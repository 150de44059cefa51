using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>gateway.networking.k8s.io/v1 BackendTLSPolicy (v1alpha3 reads the same).</summary>
/// <param name="Options">Of implementations; we have none.</param>
public sealed record BackendTlsPolicy(
    ObjectMeta Meta,
    ImmutableArray<PolicyTarget> Targets,
    BackendTlsValidation Validation,
    ImmutableSortedDictionary<string, string> Options) : ApiObject(Meta)
{
    public override string Kind => "BackendTLSPolicy";

    public override string Group => Groups.Gateway;

    public override ImmutableArray<string> Links => PolicyTarget.LinksOf(Targets, Meta.Namespace);
}

/// <summary>An object of the policy's own namespace.</summary>
/// <param name="SectionName">The name of a Service port; null means the whole.</param>
public sealed record PolicyTarget(string Group, string Kind, string Name, string? SectionName)
{
    public bool IsService => Group.Length == 0 && Kind == "Service";

    internal static ImmutableArray<string> LinksOf(ImmutableArray<PolicyTarget> targets, string ns) =>
        [.. targets.Select(t => $"{t.Kind}/{ns}/{t.Name}").Distinct()];
}

/// <summary>How a backend proves who it is.</summary>
/// <param name="Hostname">Sent as SNI, and what the certificate must be for unless <paramref name="SubjectAltNames"/> says otherwise.</param>
/// <param name="CaCertificateRefs">Empty when <paramref name="WellKnownCaCertificates"/> is set, and only then.</param>
/// <param name="WellKnownCaCertificates">"System", or a name of some implementation.</param>
public sealed record BackendTlsValidation(
    ImmutableArray<ObjectReference> CaCertificateRefs,
    string? WellKnownCaCertificates,
    string Hostname,
    ImmutableArray<SubjectAltName> SubjectAltNames)
{
    /// <summary>Only the authority of a certificate counts, not whom it is for. No field of today's API.</summary>
    public bool AnyName { get; init; }
}

/// <param name="Type">Hostname or URI.</param>
public sealed record SubjectAltName(string Type, string Value);
