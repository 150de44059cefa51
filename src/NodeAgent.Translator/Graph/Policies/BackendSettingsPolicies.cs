using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Graph.Policies;

/// <summary>Which BackendSettings rules a backend: one that names the Service port before one for the whole, then the oldest.</summary>
internal static class BackendSettingsPolicies
{
    /// <param name="subject"><c>KIND/NS/NAME</c>.</param>
    /// <param name="port">The name of a Service port; null or empty where ports have none.</param>
    /// <returns>Null where none is.</returns>
    public static BackendSettingsConfig? ConfigOf(string subject, string? port, bool udp, ObjectIndex index)
    {
        if (!index.Serves(DataPlaneFeatures.BackendSettings))
        {
            return null;
        }

        ImmutableArray<BackendSettings> all = [.. index.Linked<BackendSettings>(subject)];
        BackendSettings? winner = (string.IsNullOrEmpty(port) ? null : First(all, subject, port)) ?? First(all, subject, null);

        // A datagram is no connection that a check could make, or a limit count.
        return udp && winner is not null
            ? winner.Config with { HealthCheck = null, MaxConnections = null, MaxPending = null }
            : winner?.Config;
    }

    /// <summary>Why the settings do nothing for one of their targets; null when they rule there.</summary>
    /// <param name="position">In the object's targetRefs.</param>
    public static Problem? CheckTarget(BackendSettings settings, int position, ObjectIndex index)
    {
        PolicyTarget target = settings.Targets[position];
        string field = $"spec.targetRefs[{position}]";
        string ns = settings.Meta.Namespace;
        string name = $"{target.Kind} {ns}/{target.Name}";
        ApiObject? found = target.Kind switch
        {
            "Service" => index.Find<Service>(ns, target.Name),
            "XBackend" => index.Find<XBackend>(ns, target.Name),
            _ => index.Find<EndpointGroup>(ns, target.Name),
        };
        if (found is null)
        {
            return new Problem(Reasons.TargetNotFound, $"{name} does not exist") { Field = field };
        }

        if (target.SectionName is not null && found is Service service && !service.Ports.Any(p => p.Name == target.SectionName))
        {
            return new Problem(Reasons.TargetNotFound, $"{name} has no port called {target.SectionName}")
            {
                Field = $"{field}.sectionName",
                Mend = $"its ports: {string.Join(", ", service.Ports.Select(p => p.Name))}",
            };
        }

        string subject = Subject(target, ns);
        BackendSettings? winner = First(index.Linked<BackendSettings>(subject), subject, target.SectionName);
        string part = target.SectionName is null ? name : $"port {target.SectionName} of {name}";
        return winner is null || winner.Meta.Key == settings.Meta.Key
            ? null
            : new Problem(Reasons.Conflicted, $"{settings.Kind} {winner.Meta.Name} was there before for {part}") { Field = field };
    }

    private static string Subject(PolicyTarget target, string ns) => $"{target.Kind}/{ns}/{target.Name}";

    private static BackendSettings? First(IEnumerable<BackendSettings> all, string subject, string? section) =>
        PolicyPrecedence.First(all.Where(s => s.Targets.Any(t => Subject(t, s.Meta.Namespace) == subject && t.SectionName == section)));
}
