namespace NodeAgent.TestCluster.Tests.Kubectl;

/// <summary>Needs kubectl; is skipped, loudly, where it is not.</summary>
internal sealed class KubectlFactAttribute : FactAttribute
{
    public KubectlFactAttribute() => Skip = KubectlProcess.Path is null ? "kubectl is not on PATH" : null;
}
