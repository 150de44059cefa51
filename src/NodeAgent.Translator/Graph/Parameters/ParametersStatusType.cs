using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;
using NodeAgent.Translator.Graph.Certificates;
using NodeAgent.Translator.Graph.Policies;

namespace NodeAgent.Translator.Graph.Parameters;

/// <summary>GatewayParameters: whether all that they name is there. Whoever refers to them says the rest.</summary>
internal sealed class ParametersStatusType : PolicyType
{
    public override bool Is(ApiObject item) => item is GatewayParameters;

    public override ImmutableArray<ObjectStatus> Status(ApiObject policy, ObjectIndex index)
    {
        var parameters = (GatewayParameters)policy;
        Problem? problem = Certificate(parameters, index) ?? Pool(parameters, index);
        Condition accepted = Conditions.Of(
            Conditions.Accepted, problem, Reasons.Accepted, $"everything that the parameters name was found{NotApplied(parameters, index)}", parameters.Meta.Generation);
        return
        [
            new ObjectStatus($"{Groups.NodeAgent}/v1alpha1", parameters, () => new JsonObject
            {
                ["conditions"] = StatusBuilder.List([accepted]),
            }),
        ];
    }

    /// <summary>Sections that are read and handed on, but that the data plane behind us does not look at.</summary>
    private static string NotApplied(GatewayParameters parameters, ObjectIndex index)
    {
        (string Name, object? Section)[] sections =
        [
            ("addresses.announce", parameters.Addresses),
            ("nodeSelector", parameters.NodeSelector),
            ("proxyProtocol", parameters.ProxyProtocol),
            ("trustedProxies", parameters.TrustedProxies),
            ("budgets", parameters.Budgets),
            ("limits", parameters.Limits),
            ("accessLog", parameters.AccessLog),
            ("timeouts", parameters.Timeouts),
        ];
        string[] set = [.. sections.Where(s => s.Section is not null).Select(s => s.Name)];
        return set.Length == 0 || index.Serves(DataPlaneFeatures.Parameters)
            ? ""
            : $"; not applied yet: {string.Join(", ", set)}";
    }

    private static Problem? Certificate(GatewayParameters parameters, ObjectIndex index) =>
        parameters.DefaultCertificate is ObjectReference certificate
            ? CertificateReferences.Resolve(
                certificate, ParametersResolution.OwnerOf(parameters), index, Reasons.InvalidCertificateRef, "spec.defaultCertificateRef").Problem
            : null;

    private static Problem? Pool(GatewayParameters parameters, ObjectIndex index)
    {
        AddressParameters? addresses = parameters.Addresses;
        IEnumerable<string> names = (addresses?.Pools ?? []).Concat(addresses?.DefaultPool is string pool ? [pool] : []);
        return names.FirstOrDefault(n => index.Find<AddressPool>("", n) is null) is string missing
            ? new Problem(Reasons.AddressNotAssigned, $"AddressPool {missing} does not exist") { Field = "spec.addresses" }
            : null;
    }
}
