using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Graph.Parameters;

/// <summary>What holds for a class, or for one Gateway of it: the class's parameters with the Gateway's own laid over them.</summary>
/// <param name="Settings">Null when neither has parameters. Its name and default certificate are those of the last object.</param>
/// <param name="DefaultCertificate">
/// A Secret with its namespace, for listeners that terminate TLS and name none; using it needs no further grant.
/// </param>
/// <param name="CertificateProblem">Why there is no <see cref="DefaultCertificate"/> although one is named.</param>
/// <param name="Refused">Why a reference to parameters does not count: InvalidParameters.</param>
internal sealed record EffectiveParameters(
    GatewayParameters? Settings,
    ObjectReference? DefaultCertificate,
    Problem? CertificateProblem,
    Problem? Refused)
{
    public static EffectiveParameters None { get; } = new(null, null, null, null);

    /// <summary>Pools that addresses may come from, the default first; empty: those of the installation.</summary>
    public IEnumerable<string> Pools => Settings?.Addresses is not AddressParameters addresses
        ? []
        : addresses.DefaultPool is string pool ? [pool] : addresses.Pools;
}
