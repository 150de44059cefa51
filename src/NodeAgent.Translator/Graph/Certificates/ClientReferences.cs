using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Certificates;

/// <param name="Validation">Null: clients are not asked.</param>
/// <param name="Unresolved">The first reference to authorities that leads nowhere.</param>
/// <param name="Refusal">Clients must be checked and cannot be: nothing may pass.</param>
internal sealed record ResolvedClients(
    ClientValidation? Validation, ImmutableArray<SnapshotTarget> Targets, Problem? Unresolved, Problem? Refusal)
{
    public static ResolvedClients Unasked { get; } = new(null, [], null, null);
}

/// <summary>Gateway spec.tls.frontend: whose client certificates an HTTPS listener takes, by its port.</summary>
internal static class ClientReferences
{
    /// <summary>The port's own entry, also an empty one, replaces the default. Null: clients are not asked.</summary>
    public static FrontendValidation? Wanted(Gateway gateway, int port) => Find(gateway, port).Validation;

    /// <param name="gateway">Its references count, and its grants, also for listeners of ListenerSets.</param>
    public static ResolvedClients Of(ListenerNode node, Gateway gateway, ObjectIndex index)
    {
        (FrontendValidation? wanted, string path) = Find(gateway, node.Listener.Port);
        if (wanted is null || node.Protocol != ListenerProtocol.Https)
        {
            return ResolvedClients.Unasked;
        }

        if (!index.Serves(DataPlaneFeatures.FrontendValidation))
        {
            return ResolvedClients.Unasked with
            {
                Refusal = new Problem(Reasons.UnsupportedValue, $"Gateway {gateway.Meta.Key} asks for client certificates on port {node.Listener.Port}, which is not served"),
            };
        }

        var from = new GrantFrom(Groups.Gateway, gateway.Kind, gateway.Meta.Namespace);
        Problem? first = null;
        var targets = ImmutableArray.CreateBuilder<SnapshotTarget>();
        for (int i = 0; i < wanted.CaCertificateRefs.Length; i++)
        {
            (AuthorityTarget? target, Problem? problem) =
                AuthorityReferences.Resolve(wanted.CaCertificateRefs[i], from, index, FieldPath.Item($"{path}.caCertificateRefs", i));
            first ??= problem;
            if (target is not null && !targets.Contains(target))
            {
                targets.Add(target);
            }
        }

        // The path is of the Gateway; in a ListenerSet it would point at nothing.
        first = node.IsFromSet && first is not null ? first with { Field = null } : first;
        if (targets.Count == 0)
        {
            string why = first?.Message ?? "there is no caCertificateRef";
            return new ResolvedClients(
                null, [], first, new Problem(Reasons.NoValidCACertificate, $"clients must show a certificate, but nothing can check it: {why}"));
        }

        ClientValidationMode mode = wanted.Mode == "AllowInsecureFallback" ? ClientValidationMode.Requested : ClientValidationMode.Required;
        return new ResolvedClients(new ClientValidation(mode, [.. targets.Select(t => t.Id)]), targets.ToImmutable(), first, null);
    }

    private static (FrontendValidation? Validation, string Path) Find(Gateway gateway, int port)
    {
        if (gateway.FrontendTls is not FrontendTls frontend)
        {
            return (null, "");
        }

        for (int i = 0; i < frontend.PerPort.Length; i++)
        {
            if (frontend.PerPort[i].Port == port)
            {
                return (frontend.PerPort[i].Validation, $"spec.tls.frontend.perPort[{i}].tls.validation");
            }
        }

        return (frontend.Default, "spec.tls.frontend.default.validation");
    }
}
