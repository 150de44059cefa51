using NodeAgent.TestCluster.Tests.Schemas;

namespace NodeAgent.TestCluster.Tests.Kubectl;

/// <summary>Needs kubectl and the upstream manifests; is skipped, loudly, where either is not.</summary>
internal sealed class KubectlUpstreamFactAttribute : FactAttribute
{
    public KubectlUpstreamFactAttribute() =>
        Skip = KubectlProcess.Path is null ? "kubectl is not on PATH" : Manifests.Upstream is null ? "needs the upstream manifests in GATEWAY_API_DIR" : null;
}
