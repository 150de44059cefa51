using NodeAgent.Translator;

namespace NodeAgent.Agent;

/// <summary>
/// What the data plane of this executable serves beside HTTP and TCP. A feature is added here together with the data
/// path behind it; until then the objects that ask for it are told so in their conditions.
/// </summary>
internal static class ServedFeatures
{
    public const DataPlaneFeatures Today = DataPlaneFeatures.ResolvedBackends | DataPlaneFeatures.BackendSettings | DataPlaneFeatures.Dns
        | DataPlaneFeatures.HttpExtensions | DataPlaneFeatures.StaticFiles;

    /// <summary>In a cluster the objects of a Gateway are made as well.</summary>
    public const DataPlaneFeatures InCluster = Today | DataPlaneFeatures.Infrastructure;
}
