namespace NodeAgent.TestCluster.Tests.Schemas;

/// <summary>Skipped, loudly, without the upstream manifests.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class UpstreamFactAttribute : FactAttribute
{
    public UpstreamFactAttribute()
    {
        if (Manifests.Upstream is null)
        {
            Skip = "needs the upstream manifests in GATEWAY_API_DIR";
        }
    }
}
