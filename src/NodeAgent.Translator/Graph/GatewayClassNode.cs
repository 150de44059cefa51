using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;
using NodeAgent.Translator.Graph.Certificates;
using NodeAgent.Translator.Graph.Parameters;

namespace NodeAgent.Translator.Graph;

/// <summary>A GatewayClass with our controllerName.</summary>
/// <param name="Parameters">What holds for its Gateways, and why its parametersRef does not count if so.</param>
/// <param name="Defaults">What its Gateways and listeners get where they say nothing; null when that is nothing.</param>
/// <param name="Api">What the installed definitions mean for all classes.</param>
internal sealed record GatewayClassNode(GatewayClass Class, EffectiveParameters Parameters, Condition? Defaults, InstalledApi Api)
{
    public Problem? Refused => Parameters.Refused;

    public ImmutableArray<Condition> OwnConditions
    {
        get
        {
            long generation = Class.Meta.Generation;
            Condition accepted = Conditions.Of(
                Conditions.Accepted, Refused, Reasons.Accepted, "GatewayClass is served by this controller", generation);
            return [.. ((Condition?[])[accepted, Api.SupportedVersion(generation), Defaults]).OfType<Condition>()];
        }
    }

    public static GatewayClassNode Of(GatewayClass gatewayClass, InstalledApi api, ObjectIndex index)
    {
        EffectiveParameters parameters = ParametersResolution.Of(gatewayClass, index);
        return new GatewayClassNode(gatewayClass, parameters, DefaultsOf(gatewayClass, parameters, index), api);
    }

    /// <summary>Whether Gateways that were made from the one need not be made anew for the other.</summary>
    public bool IsSame(GatewayClassNode other) =>
        ReferenceEquals(Class, other.Class)
        && Parameters == other.Parameters
        && Defaults == other.Defaults
        && Api.Unsupported == other.Api.Unsupported
        && Api.Version == other.Api.Version
        && Api.Features.SequenceEqual(other.Api.Features);

    /// <summary>The class's status has no field for them, so they have a condition.</summary>
    private static Condition? DefaultsOf(GatewayClass gatewayClass, EffectiveParameters parameters, ObjectIndex index)
    {
        var texts = new List<string>();
        Problem? problem = null;
        if (parameters.DefaultCertificate is ObjectReference certificate)
        {
            string name = $"{certificate.Namespace ?? parameters.CertificateOwner!.Namespace}/{certificate.Name}";
            texts.Add($"certificate {name} for listeners that terminate TLS and name none");
            problem = CertificateReferences.Resolve(
                certificate, parameters.CertificateOwner!, index, Reasons.InvalidCertificateRef, "spec.parametersRef").Problem;
        }

        if (parameters.Settings?.Addresses?.DefaultPool is string pool)
        {
            texts.Add($"addresses from AddressPool {pool}");
            problem ??= index.Find<AddressPool>("", pool) is null
                ? new Problem(Reasons.AddressNotAssigned, $"AddressPool {pool} does not exist") { Mend = "create it, or name another in the parameters" }
                : null;
        }

        return texts.Count == 0
            ? null
            : Conditions.Of(Conditions.Defaults, problem, Reasons.Applied, $"Gateways get {string.Join("; ", texts)}", gatewayClass.Meta.Generation);
    }
}
