using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Graph.Parameters;

/// <summary>What holds for a class, or for one Gateway of it: the class's parameters with the Gateway's own laid over them.</summary>
/// <param name="Settings">Null when neither has parameters.</param>
/// <param name="CertificateOwner">
/// Who refers to the default certificate: the GatewayParameters that name it, whose namespace is meant where the
/// reference has none, and which need a grant for another. Gateways and listeners that use it need none.
/// </param>
/// <param name="Refused">Why a reference to parameters does not count: InvalidParameters.</param>
internal sealed record EffectiveParameters(GatewayParameters? Settings, GrantFrom? CertificateOwner, Problem? Refused)
{
    public static EffectiveParameters None { get; } = new(null, null, null);

    /// <summary>For listeners that terminate TLS and name no certificate.</summary>
    public ObjectReference? DefaultCertificate => Settings?.DefaultCertificate;

    /// <summary>Names of the AddressPools that addresses come from; empty: those of the installation.</summary>
    public IEnumerable<string> Pools => Settings?.Addresses is not AddressParameters addresses
        ? []
        : addresses.DefaultPool is string pool ? [pool] : addresses.Pools;
}
