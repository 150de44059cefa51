namespace NodeAgent.Controller.Sources.Kubernetes;

/// <summary>Access by what the kubelet gives each pod. The kubelet renews the token and the authorities in place.</summary>
internal static class ServiceAccountAccess
{
    public const string Folder = "/var/run/secrets/kubernetes.io/serviceaccount";

    public static AccessResult Read(Func<string, string?> environment, string folder, TimeProvider time)
    {
        string? host = environment("KUBERNETES_SERVICE_HOST");
        string? port = environment("KUBERNETES_SERVICE_PORT");
        if (string.IsNullOrEmpty(host) || string.IsNullOrEmpty(port))
        {
            return new AccessResult(null, "KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set: this is no pod, name a kubeconfig file");
        }

        string address = host.Contains(':') && !host.StartsWith('[') ? $"[{host}]" : host;
        if (!Uri.TryCreate($"https://{address}:{port}/", UriKind.Absolute, out Uri? server))
        {
            return new AccessResult(null, $"KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT ({host}, {port}) make no address of an API server");
        }

        string token = Path.Combine(folder, "token");
        string authority = Path.Combine(folder, "ca.crt");
        try
        {
            if (File.ReadAllText(token).Trim().Length == 0)
            {
                return new AccessResult(null, $"{token} is empty, it should hold the service account's token");
            }

            if (!KubeconfigUser.HoldsCertificates(File.ReadAllText(authority)))
            {
                return new AccessResult(null, $"{authority} holds no certificates in PEM");
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new AccessResult(null, $"{e.Message.TrimEnd('.')}: the pod has no service account, set automountServiceAccountToken: true");
        }

        string namespaceFile = Path.Combine(folder, "namespace");
        return new AccessResult(new ClusterAccess(
            server,
            new ServerTrust(() => File.ReadAllText(authority), insecure: false),
            new FileCredential(token, authorization: null, certificate: null, time))
        {
            Namespace = File.Exists(namespaceFile) ? File.ReadAllText(namespaceFile).Trim() : "default",
            Origin = "the pod's service account",
        });
    }
}
