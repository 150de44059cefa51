using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Tests.Server;

namespace NodeAgent.TestCluster.Tests.Kubectl;

/// <summary>Commands of kubectl that ask for more than objects: scales, tokens, rights, prunes, edits.</summary>
public sealed class KubectlCommandTests : RunningKubectl
{
    private const string Thing = "apiVersion: example.com/v1\nkind: Thing\nmetadata: {name: t}\nspec: {name: abc}\n";

    [KubectlFact]
    public async Task Scale_changes_replicas()
    {
        await Succeeds("create deployment d --image=one:1");
        await Succeeds("scale deployment d --replicas=5", null, "deployment.apps/d scaled");
        await Fails("scale deployment d --current-replicas=2 --replicas=7", "error: Expected replicas to be 2, was 5");

        Assert.Equal(5, (int)Server.Get("apps", "Deployment", "default", "d")!["spec"]!["replicas"]!);
    }

    [KubectlFact]
    public async Task A_token_that_it_creates_lets_in()
    {
        await Succeeds("create serviceaccount robot");
        string token = (await Succeeds("create token robot --duration=10m")).Out.Trim();
        Server.WriteKubeconfig(Kubectl.Kubeconfig, token);

        Assert.Matches("Username +system:serviceaccount:default:robot\n", (await Succeeds("auth whoami")).Out);
    }

    [KubectlFact]
    public async Task Rights_are_listed_and_others_are_spoken_for()
    {
        Assert.Matches(@"\*\.\* +\[\] +\[\] +\[\*\]", (await Succeeds("auth can-i --list")).Out);
        Assert.Matches("Username +jane\nGroups +\\[readers writers system:authenticated\\]\n", (await Succeeds("auth whoami --as=jane --as-group=readers --as-group=writers")).Out.Replace("ATTRIBUTE   VALUE\n", "", StringComparison.Ordinal));
    }

    [KubectlFact]
    public async Task Apply_prunes_what_is_no_longer_there()
    {
        static string Map(string name) => $"apiVersion: v1\nkind: ConfigMap\nmetadata: {{name: {name}, labels: {{app: x}}}}\n";
        await Succeeds("apply --prune -l app=x -f -", $"{Map("a")}---\n{Map("b")}");
        KubectlResult pruned = await Succeeds("apply --prune -l app=x -f -", Map("a"));

        Assert.Equal("configmap/a unchanged\nconfigmap/b pruned\n", pruned.Out);
        Assert.Equal(["a"], Server.List("", "ConfigMap", "default").Select(m => (string)m["metadata"]!["name"]!));
    }

    [KubectlFact]
    public async Task Edit_changes_custom_objects_and_replace_finds_their_version()
    {
        await Server.InstallCrdsAsync(DefinitionRequestTests.Definition);
        await Succeeds("create -f -", Thing, "thing.example.com/t created");
        string editor = Path.Combine(Folder, "editor");
        await File.WriteAllTextAsync(editor, "sed -i 's/name: abc/name: xyz/' \"$1\"\n");
        Kubectl.Environment["KUBE_EDITOR"] = $"sh {editor}";
        await Succeeds("edit thing t", null, "thing.example.com/t edited");
        Assert.Equal("xyz", (string?)Server.Get("example.com", "Thing", "default", "t")!["spec"]!["name"]);
        await Succeeds("replace -f -", Thing, "thing.example.com/t replaced");

        Assert.Equal("abc", (string?)Server.Get("example.com", "Thing", "default", "t")!["spec"]!["name"]);
    }

    [KubectlFact]
    public async Task Workloads_of_its_own_making_are_created()
    {
        await Succeeds("create job j --image=one:1 -- run it", null, "job.batch/j created");
        await Succeeds("create cronjob c --image=one:1 --schedule='* * * * *'", null, "cronjob.batch/c created");
        await Succeeds("create pdb p --selector=app=x --min-available=50%", null, "poddisruptionbudget.policy/p created");
        JsonObject job = Server.Get("batch", "Job", "default", "j")!;

        Assert.Equal("""["run","it"]""", job["spec"]!["template"]!["spec"]!["containers"]![0]!["command"]!.ToJsonString());
        Assert.Equal("* * * * *", (string?)Server.Get("batch", "CronJob", "default", "c")!["spec"]!["schedule"]);
        Assert.Equal("50%", (string?)Server.Get("policy", "PodDisruptionBudget", "default", "p")!["spec"]!["minAvailable"]);
    }

    [KubectlFact]
    public async Task A_namespace_stays_while_something_in_it_is_held()
    {
        await Succeeds("create namespace n");
        await Succeeds("create -n n -f -", "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: held, finalizers: [example.com/hold]}\n");
        await Succeeds("delete namespace n --wait=false", null, "namespace \"n\" deleted");
        Assert.Matches("n +Terminating", (await Succeeds("get namespace n")).Out);
        await Fails("create configmap late -n n", "error: failed to create configmap: configmaps \"late\" is forbidden: unable to create new content in namespace n because it is being terminated");
        await Succeeds("patch configmap held -n n --type=merge -p '{\"metadata\":{\"finalizers\":null}}'");
        await Succeeds("wait --for=delete namespace/n --timeout=30s");

        Assert.Null(Server.Get("", "Namespace", "", "n"));
    }
}
