using NodeAgent.Conformance.World;

namespace NodeAgent.Conformance.Tests;

/// <summary>Needs root, network namespaces and the upstream manifests; is skipped, loudly, where they are not.</summary>
internal sealed class WorldFactAttribute : FactAttribute
{
    public WorldFactAttribute() => Skip = ConformanceWorld.Unavailable;
}

/// <summary>Needs root and network namespaces; is skipped, loudly, where they are not.</summary>
internal sealed class NetworkFactAttribute : FactAttribute
{
    public NetworkFactAttribute() => Skip = NodeNetwork.Unavailable;
}

/// <inheritdoc cref="WorldFactAttribute"/>
internal sealed class WorldTheoryAttribute : TheoryAttribute
{
    public WorldTheoryAttribute() => Skip = ConformanceWorld.Unavailable;
}
