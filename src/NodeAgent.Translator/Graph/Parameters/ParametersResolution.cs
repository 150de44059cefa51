using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Graph.Parameters;

/// <summary>Follows the parametersRefs of classes and Gateways.</summary>
internal static class ParametersResolution
{
    public static EffectiveParameters Of(GatewayClass gatewayClass, ObjectIndex index)
    {
        if (gatewayClass.Parameters is not ParametersRef reference)
        {
            return EffectiveParameters.None;
        }

        const string field = "spec.parametersRef";
        if (IsOurs(reference) && string.IsNullOrEmpty(reference.Namespace))
        {
            return Refuse(reference, field, $"{Name(reference)} needs a namespace", "add parametersRef.namespace");
        }

        return Find(reference, reference.Namespace ?? "", field, index);
    }

    /// <param name="gatewayClass">Whose parameters hold where the Gateway's own say nothing.</param>
    public static EffectiveParameters Of(Gateway gateway, GatewayClassNode gatewayClass, ObjectIndex index)
    {
        if (gateway.InfrastructureParameters is not ParametersRef reference)
        {
            return gatewayClass.Parameters;
        }

        EffectiveParameters own = Find(reference, gateway.Meta.Namespace, "spec.infrastructure.parametersRef", index);
        return own.Refused is null ? Lay(own, gatewayClass.Parameters) : own;
    }

    private static EffectiveParameters Find(ParametersRef reference, string ns, string field, ObjectIndex index)
    {
        if (!IsOurs(reference))
        {
            return Refuse(
                reference, field, $"{reference.Kind} of group \"{reference.Group}\" is no kind of parameters", $"use {Groups.NodeAgent} {GatewayParameters.KindName}");
        }

        if (index.Find<GatewayParameters>(ns, reference.Name) is not GatewayParameters found)
        {
            return Refuse(reference, field, $"{GatewayParameters.KindName} {ns}/{reference.Name} is not there, or is not valid", "create it, or mend it");
        }

        return new EffectiveParameters(found, found.DefaultCertificate is null ? null : OwnerOf(found), null);
    }

    /// <summary>Who needs the grant for a default certificate in another namespace.</summary>
    public static GrantFrom OwnerOf(GatewayParameters parameters) =>
        new(Groups.NodeAgent, GatewayParameters.KindName, parameters.Meta.Namespace);

    /// <summary>A section of the Gateway's takes the place of the class's; of budgets the lower value counts.</summary>
    private static EffectiveParameters Lay(EffectiveParameters own, EffectiveParameters ofClass)
    {
        if (ofClass.Settings is not GatewayParameters below)
        {
            return own;
        }

        GatewayParameters above = own.Settings!;
        GatewayParameters laid = above with
        {
            Addresses = above.Addresses ?? below.Addresses,
            NodeSelector = above.NodeSelector ?? below.NodeSelector,
            ProxyProtocol = above.ProxyProtocol ?? below.ProxyProtocol,
            TrustedProxies = above.TrustedProxies ?? below.TrustedProxies,
            Budgets = Lower(above.Budgets, below.Budgets),
            Limits = above.Limits ?? below.Limits,
            AccessLog = above.AccessLog ?? below.AccessLog,
            Timeouts = above.Timeouts ?? below.Timeouts,
            DefaultCertificate = above.DefaultCertificate ?? below.DefaultCertificate,
        };
        return new EffectiveParameters(laid, own.CertificateOwner ?? ofClass.CertificateOwner, null);
    }

    private static GatewayBudgets? Lower(GatewayBudgets? a, GatewayBudgets? b)
    {
        if (a is null || b is null)
        {
            return a ?? b;
        }

        return new GatewayBudgets(
            (int?)Least(a.Connections, b.Connections),
            (int?)Least(a.ConnectionsPerClient, b.ConnectionsPerClient),
            (int?)Least(a.ConnectionsPerSecond, b.ConnectionsPerSecond),
            Least(a.BufferBytes, b.BufferBytes));

        static long? Least(long? x, long? y) => x is long left && y is long right ? Math.Min(left, right) : x ?? y;
    }

    private static bool IsOurs(ParametersRef reference) =>
        reference is { Group: Groups.NodeAgent, Kind: GatewayParameters.KindName };

    private static string Name(ParametersRef reference) => $"{reference.Kind} {reference.Name}";

    private static EffectiveParameters Refuse(ParametersRef reference, string field, string why, string mend) =>
        EffectiveParameters.None with
        {
            Refused = new Problem(Reasons.InvalidParameters, $"{field[(field.IndexOf('.', StringComparison.Ordinal) + 1)..]} {Name(reference)}: {why}")
            {
                Field = field,
                Mend = mend,
            },
        };
}
