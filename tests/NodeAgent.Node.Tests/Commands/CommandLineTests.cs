using NodeAgent.Commands;

namespace NodeAgent.Node.Tests.Commands;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("")]
    [InlineData("fly")]
    [InlineData("run")]
    [InlineData("run --manifests /no/such/folder")]
    [InlineData("run --manifests /tmp --workers 0")]
    [InlineData("run --manifests /tmp --workers many")]
    [InlineData("run --manifests /tmp --admin 127.0.0.1")]
    [InlineData("run --manifests /tmp --admin 127.0.0.1:70000")]
    [InlineData("run --manifests /tmp --address-pool 127.80.0.1/24")]
    [InlineData("run --manifests /tmp --address-pool 127.80.0.1")]
    [InlineData("run --manifests /tmp --drain-timeout -1")]
    [InlineData("run --manifests /tmp --log-format xml")]
    [InlineData("run --manifests /tmp --unheard-of")]
    [InlineData("run --manifests /tmp --kubeconfig in-cluster")]
    [InlineData("run --kubeconfig /no/such/file")]
    [InlineData("run --kubeconfig in-cluster --watch-namespaces a,B")]
    [InlineData("run --kubeconfig in-cluster --kube-api-qps 0")]
    [InlineData("status --output xml")]
    [InlineData("status --admin localhost")]
    public async Task A_command_line_that_makes_no_sense_is_a_usage_error_on_stderr(string line)
    {
        Invocation run = await Invocation.OfAsync(line);

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Empty(run.Out);
        Assert.Contains("--help", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("NODEAGENT_WORKERS", "0")]
    [InlineData("NODEAGENT_ADMIN", "nowhere")]
    [InlineData("NODEAGENT_ADDRESS_POOL", "127.80.0.0/24,::/129")]
    [InlineData("NODEAGENT_LOG_LEVEL", "loud")]
    public async Task A_wrong_variable_is_named_in_the_error(string variable, string value)
    {
        Invocation run = await Invocation.OfAsync("run --manifests /tmp", (variable, value));

        Assert.Equal(ExitCode.Usage, run.ExitCode);
        Assert.Contains(variable, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flag_wins_over_its_variable()
    {
        Invocation run = await Invocation.OfAsync("run --workers 0 --manifests /no/such", ("NODEAGENT_WORKERS", "x"));

        Assert.Contains("--workers '0'", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("NODEAGENT_WORKERS", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "KUBERNETES_SERVICE_HOST")]
    [InlineData("NODEAGENT_MANIFESTS", "KUBERNETES_SERVICE_HOST")]
    public async Task A_cluster_that_cannot_be_reached_for_want_of_access_is_one_line(string variable, string said)
    {
        Invocation run = await Invocation.OfAsync("run --kubeconfig in-cluster", (variable, "/tmp"));

        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Contains(said, Assert.Single(run.Error.TrimEnd().Split('\n')), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_of_every_verb_goes_to_stdout_and_names_the_variables()
    {
        foreach (string verb in new[] { "run", "status", "translate", "check", "version" })
        {
            Invocation run = await Invocation.OfAsync($"{verb} --help");

            Assert.Equal(ExitCode.Ok, run.ExitCode);
            Assert.Contains("[$NODEAGENT_LOG_LEVEL]", run.Out, StringComparison.Ordinal);
            Assert.Empty(run.Error);
        }
    }

    [Fact]
    public async Task Version_names_the_product_and_the_runtime()
    {
        Invocation run = await Invocation.OfAsync("version");

        Assert.Equal(ExitCode.Ok, run.ExitCode);
        Assert.Matches(@"^nodeagent \d+\.\d+\.\d+ \(commit \w+, \.NET 10\.", run.Out);
    }

    [Fact]
    public async Task Status_says_so_when_no_nodeagent_answers()
    {
        // Port 1 on loopback: nothing that these tests start listens there.
        Invocation run = await Invocation.OfAsync("status --admin http://127.0.0.1:1");

        Assert.Equal(ExitCode.Finding, run.ExitCode);
        Assert.Contains("no nodeagent answers at http://127.0.0.1:1", run.Error, StringComparison.Ordinal);
    }
}
