using NodeAgent.Conformance.Tests.Reporting;
using NodeAgent.Conformance.Tests.Suite;
using YamlDotNet.RepresentationModel;

namespace NodeAgent.Conformance.Tests;

public sealed class ConformanceReportTests
{
    private static readonly string[] Everything = [.. Profile.All.SelectMany(p => p.Core.Concat(p.Extended)), "GRPCRouteNamedRouteRule"];

    [Fact]
    public void Full_marks_are_those_of_the_release()
    {
        YamlMappingNode report = Render(Everything, failed: []);

        Assert.Equal(
            ["GATEWAY-HTTP 37+57", "GATEWAY-GRPC 15+10", "GATEWAY-TLS 20+15", "GATEWAY-TCP 19+10", "GATEWAY-UDP 20+10"],
            Profiles(report).Select(p => $"{p["name"]} {p["core"]["statistics"]["Passed"]}+{p["extended"]["statistics"]["Passed"]}"));
        Assert.All(Profiles(report), p => Assert.Equal("Core tests succeeded. Extended tests succeeded.", p["summary"].ToString()));
        Assert.Equal(26, ((YamlSequenceNode)report["succeededProvisionalTests"]).Children.Count);
    }

    [Fact]
    public void A_test_that_failed_is_named_in_every_profile_that_has_it()
    {
        YamlMappingNode report = Render(Everything, failed: ["GatewayModifyListeners", "HTTPRouteCORS"]);

        Assert.All(Profiles(report), p => Assert.Equal(["GatewayModifyListeners"], Names(p["core"]["failedTests"])));
        YamlNode http = Profiles(report).First();
        Assert.Equal("failure", http["extended"]["result"].ToString());
        Assert.Equal(["HTTPRouteCORS"], Names(http["extended"]["failedTests"]));
        Assert.Equal("success", Profiles(report).Last()["extended"]["result"].ToString());
    }

    [Fact]
    public void A_profile_whose_route_is_not_supported_is_not_claimed_and_other_features_count_as_unsupported()
    {
        YamlMappingNode report = Render([.. Everything.Where(f => f is not ("UDPRoute" or "HTTPRouteCORS"))], failed: []);

        Assert.DoesNotContain("GATEWAY-UDP", Profiles(report).Select(p => p["name"].ToString()));
        YamlNode http = Profiles(report).First();
        Assert.Equal(["HTTPRouteCORS"], Names(http["extended"]["unsupportedFeatures"]));
        Assert.Equal("56", http["extended"]["statistics"]["Passed"].ToString());
    }

    private static YamlMappingNode Render(string[] supported, string[] failed)
    {
        SuiteResult[] results =
        [
            .. SuiteTest.All.Values.Select(t => new SuiteResult(
                t, failed.Contains(t.Name) ? ["a fault"] : [], [.. t.Features.Except(supported)], TimeSpan.Zero)),
        ];
        var yaml = new YamlStream();
        yaml.Load(new StringReader(ConformanceReport.Render(results, supported, DateTimeOffset.UnixEpoch)));
        return (YamlMappingNode)yaml.Documents[0].RootNode;
    }

    private static IEnumerable<YamlNode> Profiles(YamlMappingNode report) => ((YamlSequenceNode)report["profiles"]).Children;

    private static IEnumerable<string> Names(YamlNode list) => ((YamlSequenceNode)list).Children.Select(n => n.ToString());
}
