using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;
using NodeAgent.Translator.Graph.Policies;
using NodeAgent.Translator.Legacy.Conversion;

namespace NodeAgent.Translator.Legacy.Statuses;

/// <summary>The status of BackendPolicies, which is told when a Gateway of the original API has to do with one.</summary>
internal sealed class BackendPolicyStatusType : PolicyType
{
    public override bool Is(ApiObject item) => item is BackendPolicy;

    public override ImmutableArray<ObjectStatus> Status(ApiObject policy, ObjectIndex index)
    {
        var backends = (BackendPolicy)policy;
        ObjectMeta meta = policy.Meta;
        string[] missing = [.. backends.Backends.Where(b => !Exists(b, meta.Namespace, index)).Select(Describe)];
        return Concerns(backends, missing.Length > 0, index)
            ? [new ObjectStatus(LegacyObject.Version, policy, Write(backends, missing, index))]
            : [];
    }

    /// <summary>
    /// The policy has no field that says whose it is: it is ours when routes of ours use one of its backends, or when
    /// one is missing, which may be a slip of the pen, in a namespace with such routes.
    /// </summary>
    private static bool Concerns(BackendPolicy policy, bool missing, ObjectIndex index) =>
        policy.Links.Any(link => index.GatewaysUsing(link).Any(ConvertedNames.Is))
        || (missing && index.All<HttpRoute>().Any(r => r.Meta.Namespace == policy.Meta.Namespace && ConvertedNames.Is(r.Meta.Name)));

    private static bool Exists(PolicyBackend backend, string ns, ObjectIndex index) =>
        backend.Group == Groups.Core
        && backend.Kind == "Service"
        && index.Find<Service>(ns, backend.Name) is Service service
        && (backend.Port is null || service.Ports.Any(p => p.Port == backend.Port && p.Protocol == "TCP"));

    private static string Describe(PolicyBackend backend) =>
        $"{backend.Kind} {backend.Name}{(backend.Port is int port ? $" port {port}" : "")}";

    private static JsonObject Write(BackendPolicy policy, string[] missing, ObjectIndex index)
    {
        long generation = policy.Meta.Generation;
        var conditions = new JsonArray(LegacyJson.Condition(
            LegacyConditions.NoSuchBackend,
            missing.Length > 0,
            missing.Length > 0 ? LegacyReasons.NoSuchBackend : LegacyReasons.BackendsFound,
            missing.Length > 0 ? $"there is no {Translator.Conditions.Names(missing)}" : "all backends exist",
            generation));
        if (policy.Tls is not null)
        {
            Problem? authority = BackendPolicyConversion.Authority(policy, index).Problem;
            conditions.Add(LegacyJson.Condition(
                LegacyConditions.ResolvedRefs,
                authority is null,
                authority?.Reason ?? LegacyReasons.ResolvedRefs,
                authority is null ? "all references are resolved" : $"{authority.Message}; the backends are not reached",
                generation));
            string? winner = Winner(policy, index);
            conditions.Add(LegacyJson.Condition(
                LegacyConditions.Conflicted,
                winner is not null,
                winner is null ? LegacyReasons.NoConflicts : LegacyReasons.Conflicted,
                winner ?? "no other policy is for the same backends",
                generation));
        }

        return new JsonObject { ["conditions"] = conditions };
    }

    /// <summary>The first of its ports that another policy rules.</summary>
    private static string? Winner(BackendPolicy policy, ObjectIndex index)
    {
        foreach (PolicyTarget target in BackendPolicyConversion.Targets(policy, index))
        {
            Service service = index.Find<Service>(policy.Meta.Namespace, target.Name)!;
            ServicePort port = service.Ports.First(p => p.Protocol == "TCP" && p.Name == (target.SectionName ?? ""));
            if (BackendTlsPolicies.Of(service, port, index) is BackendTlsPolicy other
                && other.Meta.Name != ConvertedNames.Of(policy.Meta.Name, service.Meta.Name))
            {
                string kind = ConvertedNames.Is(other.Meta.Name) ? policy.Kind : other.Kind;
                return $"{kind} {ConvertedNames.Restore(other.Meta.Name)} comes first for port {port.Port} of Service {service.Meta.Name}";
            }
        }

        return null;
    }
}
