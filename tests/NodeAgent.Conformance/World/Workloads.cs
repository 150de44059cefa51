using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.Conformance.World;

/// <summary>
/// What runs pods in a cluster: makes the pods of every Deployment and their echoes, tells them ready, and writes the
/// EndpointSlices of every Service with a selector. Follows whatever anyone applies or deletes.
/// </summary>
public sealed class Workloads : IAsyncDisposable
{
    private readonly ClusterApi _api;
    private readonly ObservedCluster _cluster;
    private readonly EchoProcess _echo;
    private readonly CancellationTokenSource _stop = new();
    private readonly Queue<IPAddress> _free;
    private readonly Dictionary<string, RunningPod> _pods = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _slices = new(StringComparer.Ordinal);
    private readonly Dictionary<string, int> _told = new(StringComparer.Ordinal);
    private Task _following = Task.CompletedTask;

    private Workloads(ClusterApi api, ObservedCluster cluster, EchoProcess echo, IEnumerable<IPAddress> addresses)
    {
        _api = api;
        _cluster = cluster;
        _echo = echo;
        _free = new Queue<IPAddress>(addresses);
    }

    /// <summary>Why it stopped following, which it only does when the world is broken; null while it follows.</summary>
    public Exception? Failure => _following.Exception?.InnerException;

    public static Workloads Start(ClusterApi api, ObservedCluster cluster, EchoProcess echo, IEnumerable<IPAddress> addresses)
    {
        var workloads = new Workloads(api, cluster, echo, addresses);
        workloads._following = Task.Run(workloads.FollowAsync);
        return workloads;
    }

    /// <summary>What is not yet as its Deployment or Service wants it.</summary>
    public static IEnumerable<string> Unready(ClusterView view) => view.Of("Deployment")
        .Where(d => Replicas(d) != ((int?)d["status"]?["readyReplicas"] ?? 0))
        .Select(d => $"Deployment {d["metadata"]!["namespace"]}/{d["metadata"]!["name"]}: has {d["status"]?["readyReplicas"] ?? 0} ready pods of {Replicas(d)}");

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await ((Task)_following).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task FollowAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            Task next = _cluster.NextChange;
            ClusterView view = _cluster.Now;
            await RunPodsAsync(view);
            await WriteSlicesAsync(view);
            await TellDeploymentsAsync(view);
            await next.WaitAsync(_stop.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private async Task RunPodsAsync(ClusterView view)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonObject deployment in view.Of("Deployment").Where(d => d["metadata"]!["deletionTimestamp"] is null))
        {
            string ns = (string)deployment["metadata"]!["namespace"]!;
            string name = (string)deployment["metadata"]!["name"]!;
            for (int i = 0; i < Replicas(deployment); i++)
            {
                // As ReplicaSets name pods: the suite cuts off the last two parts to know the backend.
                string pod = $"{name}-{Hash($"{ns}/{name}", 9)}-{Hash($"{ns}/{name}/{i}", 5)}";
                wanted.Add($"{ns}/{pod}");
                if (!_pods.ContainsKey($"{ns}/{pod}")
                    && EchoContainer.Describe(ns, deployment["spec"]!["template"]!["spec"]!.AsObject(), view) is JsonObject echo)
                {
                    await StartPodAsync(new RunningPod(ns, pod, name, _free.Dequeue(), deployment["spec"]!["template"]!["metadata"]?["labels"] as JsonObject ?? []), echo, deployment);
                }
            }
        }

        foreach (RunningPod pod in _pods.Values.Where(p => !wanted.Contains(p.Id)).ToArray())
        {
            _pods.Remove(pod.Id);
            await TryAsync(() => _api.DeleteAsync(SuiteKind.All["Pod"], pod.Namespace, pod.Name, _stop.Token));
            await _echo.StopPodAsync(pod.Id);
            _free.Enqueue(pod.Address);
        }
    }

    private async Task StartPodAsync(RunningPod pod, JsonObject echo, JsonObject deployment)
    {
        echo["name"] = pod.Name;
        echo["address"] = pod.Address.ToString();
        await _echo.StartPodAsync(echo);
        _pods.Add(pod.Id, pod);
        var document = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Pod",
            ["metadata"] = new JsonObject { ["namespace"] = pod.Namespace, ["name"] = pod.Name, ["labels"] = pod.Labels.DeepClone() },
            ["spec"] = deployment["spec"]!["template"]!["spec"]!.DeepClone(),
        };
        await TryAsync(() => _api.ApplyAsync(document, _stop.Token));
        var status = new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["phase"] = "Running",
                ["podIP"] = pod.Address.ToString(),
                ["podIPs"] = new JsonArray(new JsonObject { ["ip"] = pod.Address.ToString() }),
                ["conditions"] = new JsonArray(new JsonObject { ["type"] = "Ready", ["status"] = "True" }),
            },
        };
        await TryAsync(() => _api.PatchAsync(SuiteKind.All["Pod"], pod.Namespace, pod.Name, status, "status", _stop.Token));
    }

    private async Task WriteSlicesAsync(ClusterView view)
    {
        var wanted = new HashSet<string>(StringComparer.Ordinal);
        foreach (JsonObject service in view.Of("Service").Where(s => s["spec"]?["selector"] is JsonObject && s["metadata"]!["deletionTimestamp"] is null))
        {
            JsonObject slice = SliceOf(service);
            string id = $"{slice["metadata"]!["namespace"]}/{slice["metadata"]!["name"]}";
            wanted.Add(id);
            string text = slice.ToJsonString();
            if (_slices.GetValueOrDefault(id) != text)
            {
                _slices[id] = text;
                await TryAsync(() => _api.ApplyAsync(slice, _stop.Token));
            }
        }

        foreach (string id in _slices.Keys.Except(wanted).ToArray())
        {
            _slices.Remove(id);
            string[] names = id.Split('/');
            await TryAsync(() => _api.DeleteAsync(SuiteKind.All["EndpointSlice"], names[0], names[1], _stop.Token));
        }
    }

    private JsonObject SliceOf(JsonObject service)
    {
        JsonObject selector = service["spec"]!["selector"]!.AsObject();
        string ns = (string)service["metadata"]!["namespace"]!;
        string name = (string)service["metadata"]!["name"]!;
        RunningPod[] behind =
        [
            .. _pods.Values.Where(p => p.Namespace == ns && selector.All(s => (string?)p.Labels[s.Key] == (string?)s.Value)).OrderBy(p => p.Name, StringComparer.Ordinal),
        ];
        return new JsonObject
        {
            ["apiVersion"] = "discovery.k8s.io/v1",
            ["kind"] = "EndpointSlice",
            ["metadata"] = new JsonObject
            {
                ["namespace"] = ns,
                ["name"] = $"{name}-{Hash(name, 5)}",
                ["labels"] = new JsonObject
                {
                    ["kubernetes.io/service-name"] = name,
                    ["endpointslice.kubernetes.io/managed-by"] = "endpointslice-controller.k8s.io",
                },
            },
            ["addressType"] = "IPv4",
            ["ports"] = new JsonArray([.. Expectation.Items(service["spec"]!["ports"]).Select(PortOf)]),
            ["endpoints"] = new JsonArray([.. behind.Select(p => new JsonObject
            {
                ["addresses"] = new JsonArray(p.Address.ToString()),
                ["conditions"] = new JsonObject { ["ready"] = true, ["serving"] = true, ["terminating"] = false },
                ["targetRef"] = new JsonObject { ["kind"] = "Pod", ["namespace"] = p.Namespace, ["name"] = p.Name },
            })]),
        };
    }

    private static JsonObject PortOf(JsonNode port)
    {
        var made = new JsonObject
        {
            ["name"] = (string?)port["name"] ?? "",
            ["port"] = (port["targetPort"] ?? port["port"])!.DeepClone(),
            ["protocol"] = (string?)port["protocol"] ?? "TCP",
        };
        if (port["appProtocol"] is JsonNode protocol)
        {
            made["appProtocol"] = protocol.DeepClone();
        }

        return made;
    }

    private async Task TellDeploymentsAsync(ClusterView view)
    {
        foreach (JsonObject deployment in view.Of("Deployment"))
        {
            string ns = (string)deployment["metadata"]!["namespace"]!;
            string name = (string)deployment["metadata"]!["name"]!;
            int ready = _pods.Values.Count(p => p.Namespace == ns && p.Deployment == name);
            if (((int?)deployment["status"]?["readyReplicas"] ?? 0) != ready && _told.GetValueOrDefault((string)deployment["metadata"]!["uid"]!, -1) != ready)
            {
                _told[(string)deployment["metadata"]!["uid"]!] = ready;
                var status = new JsonObject
                {
                    ["status"] = new JsonObject
                    {
                        ["observedGeneration"] = deployment["metadata"]!["generation"]?.DeepClone(),
                        ["replicas"] = ready,
                        ["readyReplicas"] = ready,
                        ["availableReplicas"] = ready,
                        ["updatedReplicas"] = ready,
                        ["conditions"] = new JsonArray(new JsonObject
                        {
                            ["type"] = "Available",
                            ["status"] = "True",
                            ["reason"] = "MinimumReplicasAvailable",
                        }),
                    },
                };
                await TryAsync(() => _api.PatchAsync(SuiteKind.All["Deployment"], ns, name, status, "status", _stop.Token));
            }
        }
    }

    /// <summary>What is refused here is refused because its object or namespace has just gone: the next change tells.</summary>
    private static async Task TryAsync(Func<Task> write)
    {
        try
        {
            await write();
        }
        catch (ClusterApiException e) when (e.Message.Contains(": 404 ", StringComparison.Ordinal) || e.Message.Contains("being terminated", StringComparison.Ordinal))
        {
        }
    }

    private static int Replicas(JsonObject deployment) => (int?)deployment["spec"]!["replicas"] ?? 1;

    private static string Hash(string text, int length) =>
        Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..length].ToLower(CultureInfo.InvariantCulture);

    private sealed record RunningPod(string Namespace, string Name, string Deployment, IPAddress Address, JsonObject Labels)
    {
        public string Id => $"{Namespace}/{Name}";
    }
}
