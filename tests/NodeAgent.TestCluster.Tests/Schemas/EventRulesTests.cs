using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tests.Schemas;

public class EventRulesTests
{
    private const string Good = "{apiVersion: events.k8s.io/v1, kind: Event, metadata: {name: e, namespace: default}, eventTime: '2026-11-22T06:00:00.000001Z', reportingController: example.com/c, reportingInstance: c-1, action: Program, reason: Programmed, type: Normal, regarding: {kind: Gateway, name: g, namespace: default}, note: hi}";

    [Theory]
    [InlineData("eventTime: '2026-11-22T06:00:00.000001Z', ", "", "eventTime: Required value")]
    [InlineData("reportingController: example.com/c, ", "", "reportingController: Required value")]
    [InlineData("reportingInstance: c-1, ", "", "reportingInstance: Required value")]
    [InlineData("action: Program, ", "", "action: Required value")]
    [InlineData("type: Normal", "type: Notice", "type: Invalid value: \"\": has invalid value: Notice")]
    [InlineData("note: hi", "series: {count: 1, lastObservedTime: '2026-11-22T06:00:00.000000Z'}", "series.count: Invalid value: \"\": should be at least 2")]
    [InlineData("note: hi", "deprecatedCount: 2", "deprecatedCount: Invalid value: 2: needs to be unset")]
    [InlineData("regarding: {kind: Gateway, name: g, namespace: default}", "regarding: {kind: GatewayClass, name: c}", "")]
    public void An_Event_says_who_reports_what(string part, string other, string refusal) =>
        Assert.Contains(refusal, SchemaOf.Refusals(Good.Replace(part, other, StringComparison.Ordinal)).Append(""));

    [Theory]
    [InlineData("2026-11-22T06:00:00.123456Z", true)]
    [InlineData("2026-11-22T06:00:00.123456+01:00", true)]
    [InlineData("2026-11-22T06:00:00Z", false)]
    [InlineData("2026-11-22T06:00:00.123Z", false)]
    [InlineData("2026-11-22T06:00:00.1234567Z", false)]
    public void Microseconds_have_six_digits(string time, bool good)
    {
        Assert.Equal(good, SchemaOf.Refusals(Good.Replace("2026-11-22T06:00:00.000001Z", time, StringComparison.Ordinal)).Length == 0);
        Assert.Equal(good, SchemaOf.Refusals($"{{apiVersion: coordination.k8s.io/v1, kind: Lease, metadata: {{name: l, namespace: default}}, spec: {{renewTime: '{time}'}}}}").Length == 0);
    }

    [Fact]
    public void A_whole_Event_is_accepted_and_only_its_series_changes()
    {
        Assert.Empty(SchemaOf.Refusals(Good));
        Assert.Empty(SchemaOf.Refusals(Good.Replace("note: hi", "note: hi, series: {count: 2, lastObservedTime: '2026-11-22T06:00:00.000000Z'}", StringComparison.Ordinal), Good));
        Assert.Equal(["note: Invalid value: \"ho\": field is immutable"], SchemaOf.Refusals(Good.Replace("note: hi", "note: ho", StringComparison.Ordinal), Good));
    }

    [Theory]
    [InlineData("default", "{kind: GatewayClass, name: c}", true)]
    [InlineData("infra", "{kind: GatewayClass, name: c}", false)]
    [InlineData("infra", "{kind: Gateway, name: g, namespace: infra}", true)]
    [InlineData("infra", "{kind: Gateway, name: g, namespace: other}", false)]
    public void An_Event_of_the_core_group_is_where_its_object_is(string ns, string about, bool accepted)
    {
        string[] refusals = SchemaOf.Refusals($"{{apiVersion: v1, kind: Event, metadata: {{name: e, namespace: {ns}}}, involvedObject: {about}, reason: R, message: m, type: Normal}}");
        Assert.Equal(accepted, refusals.Length == 0);
        Assert.All(refusals, refusal => Assert.EndsWith("does not match event.namespace", refusal, StringComparison.Ordinal));
    }
}
