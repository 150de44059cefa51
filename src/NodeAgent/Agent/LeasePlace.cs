using Microsoft.Extensions.Logging;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Agent;

/// <summary>Which Lease the processes of a cluster contend for.</summary>
internal static partial class LeasePlace
{
    public const string DefaultNamespace = "nodeagent-system";

    public const string DefaultName = "nodeagent-controller";

    private static readonly ApiResource Namespaces = new("", "v1", "namespaces", "Namespace", Namespaced: false);

    private static readonly TimeSpan AskAgain = TimeSpan.FromSeconds(1);

    /// <summary>
    /// Where no namespace was asked for and the usual one is missing, the namespace of the context is taken, which all
    /// processes have that were given the same kubeconfig.
    /// </summary>
    /// <returns>Null when cancelled.</returns>
    public static async Task<LeaseSettings?> FindAsync(KubernetesClient client, ClusterOptions options, ILogger log, CancellationToken cancel)
    {
        string ns = options.LeaseNamespace ?? DefaultNamespace;
        try
        {
            while (options.LeaseNamespace is null)
            {
                ApiAnswer answer = await client.GetAsync(Namespaces, null, DefaultNamespace, cancel);
                if (answer.NotFound)
                {
                    ns = client.Access.Namespace;
                    LogElsewhere(log, DefaultNamespace, options.LeaseName, ns);
                }

                if (!answer.Transient)
                {
                    break;
                }

                await Task.Delay(AskAgain, cancel);
            }
        }
        catch (OperationCanceledException)
        {
            return null;
        }

        return new LeaseSettings(ns, options.LeaseName, $"{Environment.MachineName}_{Guid.NewGuid():N}");
    }

    [LoggerMessage(Level = LogLevel.Warning, Message = "there is no namespace {Missing}: the Lease {Lease} is in namespace {Namespace} instead, create the one or name another with --lease-namespace")]
    private static partial void LogElsewhere(ILogger log, string missing, string lease, string @namespace);
}
