using System.Text.Json.Nodes;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests;

public class RegularExpressionTests
{
    [Theory]
    [InlineData("(")]
    [InlineData("/a(?=b)")]
    [InlineData(@"/(a)\1")]
    [InlineData("/a)|(b")]
    [InlineData("(?x)/a #")]
    [InlineData("((a{1,1000}){1,1000}){1,1000}")]
    public void What_cannot_be_matched_in_bounded_time_between_anchors_is_dropped(string pattern)
    {
        Translation translation = Translate(pattern);
        JsonNode parent = translation.Status("HTTPRoute", "r")["parents"]![0]!;
        Assert.Equal("True/UnsupportedValue", parent.Condition("PartiallyInvalid"));
        Assert.StartsWith("Dropped Rule 0: ", parent.Message("PartiallyInvalid"), StringComparison.Ordinal);
        Assert.Equal("True/Accepted", parent.Condition("Accepted"));
        Assert.Equal([1], translation.Snapshot.All<HttpRouteResource>().Single().Rules.Select(r => r.Index));
    }

    [Theory]
    [InlineData("/v[0-9]+/.*")]
    [InlineData("/a|/b")]
    [InlineData("(?i)/a")]
    public void Others_are_served_as_written(string pattern) =>
        Assert.Equal(pattern, Translate(pattern).Snapshot.All<HttpRouteResource>().Single().Rules[0].Matches[0].Path.Value);

    private static Translation Translate(string pattern) => GatewayTranslator.Translate(Make.State(
        Make.Class(),
        Make.Gateway("gw", [Make.Http()]),
        Make.Route("r", "gw", new HttpRouteRule(null, [new HttpRouteMatch("RegularExpression", pattern, [], [], null)], [], []), Make.Rule("/"))));
}
