using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Policies;

/// <summary>
/// Which BackendTLSPolicy rules a Service port: one that names the port before one for the whole Service. A policy that
/// is invalid rules too: its backends are refused rather than reached in clear or by the rules of another.
/// </summary>
internal static class BackendTlsPolicies
{
    public static BackendTlsPolicy? Of(Service service, ServicePort port, ObjectIndex index)
    {
        ImmutableArray<BackendTlsPolicy> all = [.. index.Linked<BackendTlsPolicy>(Link(service.Meta.Namespace, service.Meta.Name))];
        if (all.IsEmpty)
        {
            return null;
        }

        return (port.Name.Length == 0 ? null : First(all, service.Meta.Name, port.Name)) ?? First(all, service.Meta.Name, null);
    }

    /// <summary>Null where no policy is: then the backend is spoken to in clear.</summary>
    public static ResolvedBackendTls? Resolve(Service service, ServicePort port, ObjectIndex index) =>
        port.Protocol == "TCP" && Of(service, port, index) is BackendTlsPolicy policy ? Resolve(policy, index) : null;

    public static ResolvedBackendTls Resolve(BackendTlsPolicy policy, ObjectIndex index) => BackendTlsResolution.Of(
        policy.Validation, new GrantFrom(policy.Group, policy.Kind, policy.Meta.Namespace), "spec.validation", index);

    /// <summary>Why the policy does nothing for one of its targets; null when it rules there.</summary>
    /// <param name="position">In the policy's targetRefs.</param>
    public static Problem? CheckTarget(BackendTlsPolicy policy, int position, ObjectIndex index)
    {
        PolicyTarget target = policy.Targets[position];
        string field = $"spec.targetRefs[{position}]";
        string name = $"{target.Kind} {policy.Meta.Namespace}/{target.Name}";
        if (!target.IsService)
        {
            return new Problem(Reasons.TargetNotFound, $"{name} is no Service") { Field = field };
        }

        if (index.Find<Service>(policy.Meta.Namespace, target.Name) is not Service service)
        {
            return new Problem(Reasons.TargetNotFound, $"{name} does not exist") { Field = field };
        }

        if (target.SectionName is not null && !service.Ports.Any(p => p.Name == target.SectionName))
        {
            return new Problem(Reasons.TargetNotFound, $"{name} has no port called {target.SectionName}") { Field = $"{field}.sectionName" };
        }

        BackendTlsPolicy? winner = First(
            index.Linked<BackendTlsPolicy>(Link(policy.Meta.Namespace, target.Name)), target.Name, target.SectionName);
        if (winner is null || winner.Meta.Key == policy.Meta.Key)
        {
            return null;
        }

        string part = target.SectionName is null ? name : $"port {target.SectionName} of {name}";
        return new Problem(Reasons.Conflicted, $"BackendTLSPolicy {winner.Meta.Name} comes first for {part}") { Field = field };
    }

    private static BackendTlsPolicy? First(IEnumerable<BackendTlsPolicy> policies, string service, string? section) =>
        PolicyPrecedence.First(policies.Where(p => p.Targets.Any(t => t.IsService && t.Name == service && t.SectionName == section)));

    private static string Link(string ns, string service) => $"Service/{ns}/{service}";
}
