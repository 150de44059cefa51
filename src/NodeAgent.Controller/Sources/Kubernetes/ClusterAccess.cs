using System.Collections.Immutable;

namespace NodeAgent.Controller.Sources.Kubernetes;

/// <param name="Access">Null when there is none: see <paramref name="Problem"/>.</param>
/// <param name="Problem">One line that names the file, the context, user or cluster, and the mend; empty when all is well.</param>
public sealed record AccessResult(ClusterAccess? Access, string Problem = "");

/// <summary>Where an API server is, how it is known, and who we are to it.</summary>
public sealed class ClusterAccess
{
    internal ClusterAccess(Uri server, ServerTrust trust, ICredentialSource credentials)
    {
        Server = server;
        Trust = trust;
        Credentials = credentials;
    }

    public Uri Server { get; }

    /// <summary>The namespace of the context or of the pod; <c>default</c> where none is named.</summary>
    public string Namespace { get; internal init; } = "default";

    /// <summary>For logs: <c>kubeconfig FILE, context NAME</c>, or <c>the pod's service account</c>.</summary>
    public string Origin { get; internal init; } = "";

    internal ServerTrust Trust { get; }

    internal ICredentialSource Credentials { get; }

    /// <summary>Null: what the environment says (HTTPS_PROXY, NO_PROXY).</summary>
    internal Uri? Proxy { get; init; }

    /// <summary>The name the server's certificate must have, where that is not the host of <see cref="Server"/>.</summary>
    internal string? TlsServerName { get; init; }

    /// <summary>Headers of impersonation.</summary>
    internal ImmutableArray<(string Name, string Value)> Impersonation { get; init; } = [];

    /// <param name="path">One kubeconfig file. Paths in it are relative to its folder.</param>
    /// <param name="context">Null or empty: the file's current-context.</param>
    public static AccessResult FromKubeconfig(string path, string? context = null, TimeProvider? time = null) =>
        Kubeconfig.Read(path, context, time ?? TimeProvider.System);

    /// <summary>From the environment and the service account files of a pod.</summary>
    public static AccessResult InCluster(TimeProvider? time = null) =>
        ServiceAccountAccess.Read(Environment.GetEnvironmentVariable, ServiceAccountAccess.Folder, time ?? TimeProvider.System);
}
