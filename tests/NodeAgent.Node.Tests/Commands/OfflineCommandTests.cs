using System.Text.Json.Nodes;
using NodeAgent.Node.Tests.Node;

namespace NodeAgent.Node.Tests.Commands;

/// <summary>translate and check on folders.</summary>
public sealed class OfflineCommandTests : IDisposable
{
    private readonly Manifests _manifests = new();

    public void Dispose() => _manifests.Dispose();

    [Fact]
    public async Task Check_prints_mistakes_with_their_line_and_objects_that_would_not_be_served()
    {
        _manifests.Write("gateway.yaml", Manifests.Gateway("gw", ["http/HTTP/8080"], "127.80.0.1"));
        _manifests.Write("route.yaml",
            Manifests.Route("HTTPRoute", "lost", "nowhere/http", "missing"),
            Manifests.Route("HTTPRoute", "odd", "gw/http", "missing").Replace("port: 80", "prot: 80", StringComparison.Ordinal));

        Invocation check = await Invocation.OfAsync($"check --manifests {_manifests.Folder}");

        Assert.Equal(1, check.ExitCode);
        Assert.Matches(@"(?m)^route\.yaml:\d+ HTTPRoute default/odd spec\.rules\[0\]\.backendRefs\[0\]\.prot: ", check.Out);
        Assert.Empty(check.Error);

        Invocation json = await Invocation.OfAsync($"check --manifests {_manifests.Folder} -o json");
        Assert.Equal(1, json.ExitCode);
        JsonNode problem = JsonNode.Parse(json.Out)!.AsArray().First(p => $"{p!["reason"]}" == "InvalidManifest")!;
        Assert.Equal("HTTPRoute default/odd", problem["object"]!.ToString());
        Assert.InRange((int)problem["line"]!, 1, 30);
    }

    [Fact]
    public async Task Check_prints_conditions_that_are_not_good()
    {
        _manifests.Write("all.yaml",
            Manifests.Gateway("gw", ["http/HTTP/8080"], "127.80.0.1"), Manifests.Route("HTTPRoute", "r", "gw/http", "missing"));

        Invocation check = await Invocation.OfAsync($"check --manifests {_manifests.Folder}");

        Assert.Equal(1, check.ExitCode);
        string line = Assert.Single(check.Out.Split('\n', StringSplitOptions.RemoveEmptyEntries));
        Assert.Matches(
            @"^all\.yaml:\d+ HTTPRoute default/r spec\.rules\[0\]\.backendRefs\[0\]: Service default/missing does not exist \(BackendNotFound\), create ", line);
    }

    [Fact]
    public async Task Check_as_JSON_has_file_line_field_reason_what_and_mend_of_each_problem()
    {
        _manifests.Write("all.yaml",
            Manifests.Gateway("gw", ["http/HTTP/8080"], "127.80.0.1"),
            Manifests.Route("HTTPRoute", "r", "gw/http", "missing"),
            Manifests.Route("HTTPRoute", "s", "gv/http", "missing"));

        Invocation check = await Invocation.OfAsync($"check --manifests {_manifests.Folder} --output json");

        Assert.Equal(1, check.ExitCode);
        JsonNode[] problems = [.. JsonNode.Parse(check.Out)!.AsArray().Select(p => p!)];
        Assert.Equal(["BackendNotFound", "Pending"], problems.Select(p => $"{p["reason"]}"));
        Assert.Equal(["spec.rules[0].backendRefs[0]", "spec.parentRefs[0]"], problems.Select(p => $"{p["field"]}"));
        string[] lines = File.ReadAllLines(Path.Combine(_manifests.Folder, "all.yaml"));
        Assert.Contains("missing", lines[(int)problems[0]["line"]! - 1], StringComparison.Ordinal);
        Assert.Contains("gv", lines[(int)problems[1]["line"]! - 1], StringComparison.Ordinal);
        Assert.All(problems, p =>
        {
            Assert.Equal("all.yaml", $"{p["file"]}");
            Assert.NotEmpty($"{p["object"]}");
            Assert.NotEmpty($"{p["what"]}");
            Assert.NotEmpty($"{p["mend"]}");
        });
    }

    [Fact]
    public async Task Check_of_a_folder_in_order_says_nothing_and_exits_0()
    {
        _manifests.Write("all.yaml", Manifests.Gateway("gw", ["http/HTTP/8080"], "127.80.0.1"));

        Invocation check = await Invocation.OfAsync($"check --manifests {_manifests.Folder}");

        Assert.Equal(0, check.ExitCode);
        Assert.Empty(check.Out);
    }

    [Fact]
    public async Task Translate_prints_a_JSON_list_of_the_objects_that_have_a_status()
    {
        _manifests.Write("gateway.yaml", Manifests.Gateway("gw", ["http/HTTP/8080"]));

        Invocation run = await Invocation.OfAsync(
            $"translate --manifests {_manifests.Folder} --status -o json --address-pool 127.80.0.0/24");

        Assert.Equal(0, run.ExitCode);
        JsonArray objects = JsonNode.Parse(run.Out)!.AsArray();
        Assert.Equal(["Gateway gw", "GatewayClass nodeagent"], objects.Select(o => $"{o!["kind"]} {o["metadata"]!["name"]}").Order());
        JsonNode gateway = objects.Single(o => o!["kind"]!.ToString() == "Gateway")!;
        Assert.Equal("gateway.networking.k8s.io/v1", gateway["apiVersion"]!.ToString());
        Assert.StartsWith("127.80.0.", gateway["status"]!["addresses"]![0]!["value"]!.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Translate_prints_what_is_good_and_exits_1_when_an_object_is_rejected()
    {
        _manifests.Write("gateway.yaml", Manifests.Gateway("gw", ["http/HTTP/8080"], "127.80.0.1"));
        _manifests.Write("bad.yaml", Manifests.Gateway("bad", ["http/HTTP/0"]));
        _manifests.Write("other.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: d}\n");

        Invocation run = await Invocation.OfAsync($"translate --manifests {_manifests.Folder} --snapshot -o json");

        Assert.Equal(1, run.ExitCode);
        JsonNode resource = Assert.Single(JsonNode.Parse(run.Out)!.AsArray())!;
        Assert.Equal("gw", resource["name"]!.ToString());
        Assert.Contains("bad.yaml:", run.Error, StringComparison.Ordinal);
        Assert.Contains("Deployment", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Translate_prints_both_parts_as_YAML_unless_told_otherwise()
    {
        _manifests.Write("gateway.yaml", Manifests.Gateway("gw", ["http/HTTP/8080"], "127.80.0.1"));

        Invocation run = await Invocation.OfAsync($"translate --manifests {_manifests.Folder}");

        Assert.Equal(0, run.ExitCode);
        Assert.StartsWith("snapshot:\n- resource: gateway\n", run.Out, StringComparison.Ordinal);
        Assert.Contains("\nstatus:\n- apiVersion: gateway.networking.k8s.io/v1\n", run.Out, StringComparison.Ordinal);

        Invocation both = await Invocation.OfAsync($"translate --manifests {_manifests.Folder} --snapshot --status");
        Assert.Equal(2, both.ExitCode);
    }
}
