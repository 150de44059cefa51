using NodeAgent.TestCluster.Tests.Schemas;

namespace NodeAgent.TestCluster.Tests.Kubectl;

/// <summary>What kubectl reads from the OpenAPI documents: it says on its error output when it misses something.</summary>
public sealed class KubectlSchemaTests : RunningKubectl
{
    private const string Workloads = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: d}
        spec:
          selector: {matchLabels: {app: d}}
          template:
            metadata: {labels: {app: d}}
            spec:
              affinity: {nodeAffinity: {requiredDuringSchedulingIgnoredDuringExecution: {nodeSelectorTerms: [{matchExpressions: [{key: a, operator: In, values: [ONE]}]}]}}}
              tolerations: [{key: ONE, operator: Exists}]
              securityContext: {sysctls: [{name: a, value: ONE}]}
              volumes: [{name: v, configMap: {name: ONE}}, {name: w, emptyDir: {medium: ONE}}]
              containers:
              - name: c
                image: i
                livenessProbe: {httpGet: {path: /ONE, port: 80}}
                lifecycle: {preStop: {exec: {command: [ONE]}}}
                securityContext: {capabilities: {add: [ONE]}}
                resources: {limits: {memory: 1Gi}}
                volumeMounts: [{name: v, mountPath: /ONE}]
                env: [{name: A, valueFrom: {fieldRef: {fieldPath: ONE}}}]
                envFrom: [{configMapRef: {name: ONE}}]
        ---
        apiVersion: networking.k8s.io/v1
        kind: NetworkPolicy
        metadata: {name: policy}
        spec: {podSelector: {}, ingress: [{from: [{podSelector: {matchLabels: {a: ONE}}}]}]}
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata: {name: p}
        spec: {minAvailable: 1, selector: {matchLabels: {app: ONE}}}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: s}
        spec: {ports: [{name: a, port: 80, targetPort: 8080}, {name: b, port: 443, appProtocol: example.com/ONE}], selector: {app: ONE}}
        ---
        apiVersion: v1
        kind: PersistentVolumeClaim
        metadata: {name: claim}
        spec: {accessModes: [ReadWriteOnce], storageClassName: ONE, resources: {requests: {storage: 1Gi}}}
        ---
        apiVersion: v1
        kind: PersistentVolume
        metadata: {name: volume}
        spec: {accessModes: [ReadWriteOnce], storageClassName: ONE, capacity: {storage: 1Gi}, hostPath: {path: /one}}
        ---
        apiVersion: batch/v1
        kind: CronJob
        metadata: {name: nightly}
        spec: {schedule: "0 0 * * *", jobTemplate: {spec: {template: {spec: {restartPolicy: Never, containers: [{name: c, image: ONE}]}}}}}
        ---
        apiVersion: networking.k8s.io/v1
        kind: Ingress
        metadata: {name: i}
        spec: {rules: [{host: example.com, http: {paths: [{path: /ONE, pathType: Prefix, backend: {service: {name: s, port: {number: 80}}}}]}}]}
        ---
        apiVersion: v1
        kind: ReplicationController
        metadata: {name: rc}
        spec: {selector: {app: rc}, template: {metadata: {labels: {app: rc}}, spec: {containers: [{name: c, image: ONE}]}}}
        """;

    [KubectlFact]
    public async Task Changes_deep_in_objects_are_patched_without_a_warning()
    {
        string changed = Workloads.Replace("ONE", "TWO", StringComparison.Ordinal);
        await Quietly("apply --validate=strict -f -", Workloads, " created");
        await Quietly("apply --validate=strict -f -", changed, " configured");
        await Quietly("apply --validate=strict -f -", changed, " unchanged");
        Assert.DoesNotContain("ONE", Server.Get("apps", "Deployment", "default", "d")!["spec"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("ONE", Server.Get("networking.k8s.io", "NetworkPolicy", "default", "policy")!["spec"]!.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal("example.com/TWO", (string?)Server.Get("", "Service", "default", "s")!["spec"]!["ports"]![1]!["appProtocol"]);
    }

    [KubectlUpstreamFact]
    public async Task The_Gateway_API_and_the_objects_of_its_conformance_suite_are_applied()
    {
        string upstream = Path.Combine(Manifests.Upstream!, "gateway-api-v1.6.1");
        string manifests = Path.Combine(Folder, "base.yaml");
        string text = await File.ReadAllTextAsync(Path.Combine(upstream, "conformance/base/manifests.yaml"));
        await File.WriteAllTextAsync(manifests, text.Replace("{GATEWAY_CLASS_NAME}", "example", StringComparison.Ordinal));
        foreach (string definition in Directory.EnumerateFiles(Path.Combine(upstream, "crd/experimental"), "gateway*.yaml"))
        {
            await Quietly($"apply --server-side -f {definition}", null, " serverside-applied");
        }

        await Quietly("wait --for=condition=Established crd/gateways.gateway.networking.k8s.io", null, " condition met");
        await Quietly($"apply --validate=strict -f {manifests}", null, " created");
        KubectlResult again = await Kubectl.RunAsync($"apply -f {manifests}");
        Assert.Equal("", again.Error);
        KubectlResult difference = await Kubectl.RunAsync($"diff -f {manifests}");
        Assert.True(difference is { Code: 0, Out: "", Error: "" }, difference.ToString());
        Assert.Contains("PathPrefix", (await Kubectl.RunAsync("explain httproute.spec.rules.matches.path.type")).Out, StringComparison.Ordinal);
        Assert.Matches(@"^NAME +CLASS +ADDRESS +PROGRAMMED +AGE\n", (await Kubectl.RunAsync("get gateways -n gateway-conformance-infra")).Out);
    }

    [KubectlFact]
    public async Task Fields_are_explained()
    {
        KubectlResult port = await Kubectl.RunAsync("explain service.spec.ports.appProtocol");
        Assert.Contains("FIELD: appProtocol <string>", port.Out, StringComparison.Ordinal);
        Assert.Contains("What is spoken on the port", port.Out, StringComparison.Ordinal);
        KubectlResult metadata = await Kubectl.RunAsync("explain deployment.spec.template.metadata.labels");
        Assert.Contains("FIELD: labels <map[string]string>", metadata.Out, StringComparison.Ordinal);
        KubectlResult missing = await Kubectl.RunAsync("explain service.spec.nothing");
        Assert.Contains("field \"nothing\" does not exist", missing.Error, StringComparison.Ordinal);
    }

    /// <summary>Every line ends as told, and nothing is on the error output.</summary>
    private async Task Quietly(string arguments, string? input, string ending)
    {
        KubectlResult result = await Kubectl.RunAsync(arguments, input);
        Assert.True(result is { Code: 0, Error: "" }, result.ToString());
        Assert.All(result.Out.TrimEnd('\n').Split('\n'), line => Assert.EndsWith(ending, line, StringComparison.Ordinal));
    }
}
