using System.Diagnostics;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Tests.Server;

namespace NodeAgent.TestCluster.Tests.Kubectl;

/// <summary>Stock kubectl over HTTPS, with validation on.</summary>
public sealed class KubectlTests : RunningKubectl
{
    private const string Map = """
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: a, labels: {app: web}}
        data: {x: "1"}
        """;

    private const string Deployment = """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: d}
        spec:
          replicas: 2
          selector: {matchLabels: {app: d}}
          template:
            metadata: {labels: {app: d}}
            spec: {containers: [{name: one, image: "one:1", ports: [{containerPort: 80}]}]}
        """;

    [KubectlFact]
    public async Task Get_prints_tables_and_objects()
    {
        await Succeeds("apply -f -", Map, "configmap/a created");

        Assert.Matches(@"^NAME +DATA +AGE\na +1 +\d+s\n$", (await Succeeds("get cm")).Out);
        Assert.Matches(@"^NAME +STATUS +AGE\ndefault +Active +\d+s\n$", (await Succeeds("get ns default")).Out);
        Assert.Contains("\n  x: \"1\"\n", (await Succeeds("get cm a -o yaml")).Out, StringComparison.Ordinal);
        Assert.Equal("1", (await Succeeds("get cm a -o jsonpath={.data.x}")).Out);
        Assert.Equal("configmap/a\n", (await Succeeds("get cm -l app=web -o name")).Out);
        Assert.Matches(@"^NAMESPACE +NAME +DATA +AGE\ndefault +a ", (await Succeeds("get cm -A")).Out);
        await Fails("get cm b", "Error from server (NotFound): configmaps \"b\" not found");
        await Fails("get nonsense", "error: the server doesn't have a resource type \"nonsense\"");
    }

    [KubectlFact]
    public async Task Get_watches()
    {
        await Succeeds("apply -f -", Map);
        using Process watch = Kubectl.Start("get cm -w");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        Assert.Matches("^NAME ", await watch.StandardOutput.ReadLineAsync(patience.Token));
        Assert.Matches("^a +1 ", await watch.StandardOutput.ReadLineAsync(patience.Token));
        await Server.PatchAsync("", "configmaps", "default", "a", JsonNode.Parse("""{"data":{"y":"2"}}""")!);
        Assert.Matches("^a +2 ", await watch.StandardOutput.ReadLineAsync(patience.Token));
        watch.Kill();
    }

    [KubectlFact]
    public async Task Apply_creates_configures_and_leaves_alone()
    {
        await Succeeds("apply -f -", Deployment, "deployment.apps/d created");
        await Succeeds("apply -f -", Deployment, "deployment.apps/d unchanged");
        await Succeeds("apply -f -", Deployment.Replace("replicas: 2", "replicas: 3", StringComparison.Ordinal), "deployment.apps/d configured");

        Assert.Equal(3, (int)Server.Get("apps", "Deployment", "default", "d")!["spec"]!["replicas"]!);
    }

    [KubectlFact]
    public async Task Apply_refuses_a_misspelt_field()
    {
        KubectlResult refused = await Kubectl.RunAsync("apply -f -", Deployment.Replace("replicas:", "replica:", StringComparison.Ordinal));

        Assert.Equal(1, refused.Code);
        Assert.Contains("strict decoding error: unknown field \"spec.replica\"", refused.Error, StringComparison.Ordinal);
        Assert.Null(Server.Get("apps", "Deployment", "default", "d"));
    }

    [KubectlFact]
    public async Task Server_side_apply_conflicts_and_can_be_forced()
    {
        await Succeeds("apply --server-side -f -", Map, "configmap/a serverside-applied");
        KubectlResult conflict = await Kubectl.RunAsync("apply --server-side --field-manager=other -f -", Map.Replace("\"1\"", "\"2\"", StringComparison.Ordinal));
        Assert.Equal(1, conflict.Code);
        Assert.StartsWith("error: Apply failed with 1 conflict: conflict with \"kubectl\": .data.x\n", conflict.Error, StringComparison.Ordinal);
        await Succeeds("apply --server-side --force-conflicts --field-manager=other -f -", Map.Replace("\"1\"", "\"2\"", StringComparison.Ordinal), "configmap/a serverside-applied");

        Assert.Equal("2", (string?)Server.Get("", "ConfigMap", "default", "a")!["data"]!["x"]);
    }

    [KubectlFact]
    public async Task What_was_applied_by_the_client_goes_over_to_the_server()
    {
        await Succeeds("apply -f -", Map);
        await Succeeds("apply --server-side -f -", Map.Replace("x: \"1\"", "z: \"2\"", StringComparison.Ordinal), "configmap/a serverside-applied");
        JsonObject item = Server.Get("", "ConfigMap", "default", "a")!;

        Assert.Equal("""{"z":"2"}""", item["data"]!.ToJsonString());
        Assert.Equal(["kubectl Apply"], item["metadata"]!["managedFields"]!.AsArray().Where(e => e!["fieldsV1"]!["f:data"] is not null).Select(e => $"{e!["manager"]} {e["operation"]}"));
    }

    [KubectlFact]
    public async Task Patches_of_three_types()
    {
        await Succeeds("apply -f -", Deployment);
        await Succeeds("patch deploy d -p '{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"two\",\"image\":\"two:1\"}]}}}}'", null, "deployment.apps/d patched");
        await Succeeds("patch deploy d --type=merge -p '{\"spec\":{\"replicas\":5}}'", null, "deployment.apps/d patched");
        await Succeeds("patch deploy d --type=json -p '[{\"op\":\"replace\",\"path\":\"/spec/replicas\",\"value\":6}]'", null, "deployment.apps/d patched");
        await Succeeds("patch deploy d --type=merge --subresource=status -p '{\"status\":{\"replicas\":4}}'", null, "deployment.apps/d patched");

        JsonObject item = Server.Get("apps", "Deployment", "default", "d")!;
        Assert.Equal(["one", "two"], item["spec"]!["template"]!["spec"]!["containers"]!.AsArray().Select(c => (string)c!["name"]!).Order());
        Assert.Equal((6, 4), ((int)item["spec"]!["replicas"]!, (int)item["status"]!["replicas"]!));
    }

    [KubectlFact]
    public async Task Replace_replaces_what_was_read_and_refuses_what_is_old()
    {
        await Succeeds("apply -f -", Map);
        string read = (await Succeeds("get cm a -o yaml")).Out;
        await Succeeds("replace -f -", read.Replace("x: \"1\"", "x: \"2\"", StringComparison.Ordinal), "configmap/a replaced");
        KubectlResult old = await Kubectl.RunAsync("replace -f -", read);

        Assert.Contains("Operation cannot be fulfilled on configmaps \"a\": the object has been modified", old.Error, StringComparison.Ordinal);
        Assert.Equal("2", (string?)Server.Get("", "ConfigMap", "default", "a")!["data"]!["x"]);
    }

    [KubectlFact]
    public async Task Delete_waits_for_finalizers()
    {
        await Succeeds("apply -f -", Map.Replace("name: a,", "name: a, finalizers: [example.com/hold],", StringComparison.Ordinal));
        Task<KubectlResult> deleting = Kubectl.RunAsync("delete cm a");
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await Server.UntilAsync("", "configmaps", "default", "a", a => a!["metadata"]!["deletionTimestamp"] is not null, patience.Token);
        Assert.False(deleting.IsCompleted);
        await Server.PatchAsync("", "configmaps", "default", "a", JsonNode.Parse("""{"metadata":{"finalizers":null}}""")!);

        Assert.Equal((0, "configmap \"a\" deleted\n"), ((await deleting).Code, (await deleting).Out));
    }

    [KubectlFact]
    public async Task Delete_cascades_as_told()
    {
        await Succeeds("apply -f -", Map);
        await Succeeds("apply -f -", Owned("b"));
        await Succeeds("delete cm a --cascade=orphan", null, "configmap \"a\" deleted");
        Assert.Null(Server.Get("", "ConfigMap", "default", "b")!["metadata"]!["ownerReferences"]);
        await Succeeds("apply -f -", Map);
        await Succeeds("apply -f -", Owned("c"));
        await Succeeds("delete cm a --cascade=foreground", null, "configmap \"a\" deleted");
        Assert.Null(Server.Get("", "ConfigMap", "default", "c"));
    }

    [KubectlFact]
    public async Task Wait_awaits_conditions_values_and_ends()
    {
        await Succeeds("apply -f -", Deployment);
        Task<KubectlResult> condition = Kubectl.RunAsync("wait --for=condition=Available deploy/d --timeout=30s");
        Task<KubectlResult> value = Kubectl.RunAsync("wait --for=jsonpath={.status.readyReplicas}=2 deploy/d --timeout=30s");
        Task<KubectlResult> end = Kubectl.RunAsync("wait --for=delete deploy/d --timeout=30s");
        await Server.PatchStatusAsync("apps", "Deployment", "default", "d", JsonNode.Parse("""{"status":{"readyReplicas":2,"replicas":2,"conditions":[{"type":"Available","status":"True"}]}}""")!);
        Assert.Equal("deployment.apps/d condition met\n", (await condition).Out);
        Assert.Equal("deployment.apps/d condition met\n", (await value).Out);
        await Server.DeleteAsync("apps", "Deployment", "default", "d");

        Assert.Equal(0, (await end).Code);
    }

    [KubectlFact]
    public async Task Describe_shows_objects_with_their_events()
    {
        await Succeeds("apply -f -", Map);
        string uid = (string)Server.Get("", "ConfigMap", "default", "a")!["metadata"]!["uid"]!;
        await Server.ApplyAsync($$"""
            apiVersion: events.k8s.io/v1
            kind: Event
            metadata: {name: e, namespace: default}
            eventTime: "2026-01-01T00:00:00.000000Z"
            reportingController: example.com/c
            reportingInstance: c-1
            action: Looked
            reason: Seen
            type: Normal
            note: it is there
            regarding: {apiVersion: v1, kind: ConfigMap, name: a, namespace: default, uid: {{uid}}}
            """);
        string text = (await Succeeds("describe cm a")).Out;

        Assert.Matches(@"Name: +a\nNamespace: +default\nLabels: +app=web\n", text);
        Assert.Matches(@"Normal +Seen +.* +example.com/c +it is there", text);
        Assert.Contains("it is there", (await Succeeds("events")).Out, StringComparison.Ordinal);
        Assert.Contains("it is there", (await Succeeds("get events")).Out, StringComparison.Ordinal);
    }

    [KubectlFact]
    public async Task Label_and_annotate()
    {
        await Succeeds("apply -f -", Map);
        await Succeeds("label cm a tier=front", null, "configmap/a labeled");
        await Succeeds("annotate cm a note=hello", null, "configmap/a annotated");
        await Succeeds("label cm a app-", null, "configmap/a unlabeled");

        JsonNode meta = Server.Get("", "ConfigMap", "default", "a")!["metadata"]!;
        Assert.Equal("""{"tier":"front"}""", meta["labels"]!.ToJsonString());
        Assert.Equal("hello", (string?)meta["annotations"]!["note"]);
    }

    [KubectlFact]
    public async Task Kinds_are_listed_and_explained()
    {
        await Server.InstallCrdsAsync(DefinitionRequestTests.Definition);

        Assert.Matches(@"things +th +example.com/v1 +true +Thing\n", (await Succeeds("api-resources")).Out);
        Assert.Contains("example.com/v1\n", (await Succeeds("api-versions")).Out, StringComparison.Ordinal);
        Assert.Matches(@"size\s+<integer>", (await Succeeds("explain thing.spec")).Out);
        Assert.Matches(@"containers\s+<\[\]", (await Succeeds("explain deployment.spec.template.spec")).Out);
        Assert.Contains("Server Version: v1.32", (await Succeeds("version")).Out, StringComparison.Ordinal);
    }

    [KubectlFact]
    public async Task Custom_kinds_are_like_any_other()
    {
        await Server.InstallCrdsAsync(DefinitionRequestTests.Definition);
        const string thing = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}\nspec: {name: abc}\n";
        await Succeeds("wait --for=condition=Established crd/things.example.com", null, "customresourcedefinition.apiextensions.k8s.io/things.example.com condition met");
        await Succeeds("apply -f -", thing, "thing.example.com/t created");
        await Succeeds("apply -f -", thing, "thing.example.com/t unchanged");
        KubectlResult refused = await Kubectl.RunAsync("apply -f -", thing.Replace("abc", "too long", StringComparison.Ordinal));

        Assert.StartsWith("The Thing \"t\" is invalid: spec.name: Too long", refused.Error, StringComparison.Ordinal);
        Assert.Matches(@"^NAME +AGE\nt ", (await Succeeds("get th")).Out);
        await Succeeds("delete crd things.example.com");
        await Fails("get crd things.example.com", "Error from server (NotFound): customresourcedefinitions.apiextensions.k8s.io \"things.example.com\" not found");
        KubectlResult gone = await Kubectl.RunAsync("get things");
        Assert.Contains("the server could not find the requested resource", gone.Error, StringComparison.Ordinal);
    }

    [KubectlFact]
    public async Task Objects_of_its_own_making_are_created()
    {
        await Succeeds("create namespace n", null, "namespace/n created");
        await Succeeds("create configmap c --from-literal=x=1 -n n", null, "configmap/c created");
        await Succeeds("create secret generic s --from-literal=x=1 -n n", null, "secret/s created");
        await Succeeds("create deployment d --image=one:1 --port=80 -n n", null, "deployment.apps/d created");
        await Succeeds("expose deployment d -n n", null, "service/d exposed");
        await Succeeds("create -f -", Map, "configmap/a created");
        await Fails("create -f -", "Error from server (AlreadyExists): error when creating \"STDIN\": configmaps \"a\" already exists", Map);

        Assert.Equal("MQ==", (string?)Server.Get("", "Secret", "n", "s")!["data"]!["x"]);
        await Succeeds("delete namespace n", null, "namespace \"n\" deleted");
        Assert.Empty(Server.List("", "ConfigMap", "n"));
    }

    [KubectlFact]
    public async Task Diff_tells_what_an_apply_would_change()
    {
        await Succeeds("apply -f -", Map);
        Assert.Equal("", (await Succeeds("diff -f -", Map)).Out);
        KubectlResult changed = await Kubectl.RunAsync("diff -f -", Map.Replace("\"1\"", "\"2\"", StringComparison.Ordinal));

        Assert.Equal(1, changed.Code);
        Assert.Contains("\n-  x: \"1\"\n+  x: \"2\"\n", changed.Out, StringComparison.Ordinal);
        Assert.Equal("1", (string?)Server.Get("", "ConfigMap", "default", "a")!["data"]!["x"]);
    }

    [KubectlFact]
    public async Task Who_may_do_what_is_told()
    {
        Server.AddToken("other", new ApiUser("jane") { Groups = ["readers"] });
        Server.WriteKubeconfig(Kubectl.Kubeconfig, "other");

        Assert.Matches("Username +jane", (await Succeeds("auth whoami")).Out);
        Assert.Equal("yes\n", (await Succeeds("auth can-i get pods")).Out);
        Server.WriteKubeconfigWithCertificate(Kubectl.Kubeconfig, "joe", "writers");
        Assert.Matches("Username +joe", (await Succeeds("auth whoami")).Out);
        Server.WriteKubeconfig(Kubectl.Kubeconfig, "wrong");
        KubectlResult refused = await Kubectl.RunAsync("get pods");
        Assert.Contains("You must be logged in to the server", refused.Error, StringComparison.Ordinal);
    }

    private string Owned(string name) => $$"""
        apiVersion: v1
        kind: ConfigMap
        metadata:
          name: {{name}}
          ownerReferences: [{apiVersion: v1, kind: ConfigMap, name: a, uid: {{Server.Get("", "ConfigMap", "default", "a")!["metadata"]!["uid"]}}, blockOwnerDeletion: true}]
        """;
}
