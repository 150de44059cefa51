using System.Collections.Concurrent;

namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>The same of the Gateway API's definitions: manifests are judged here as an API server would judge them.</summary>
public class UpstreamSchemaTests
{
    private static readonly ConcurrentDictionary<string, SchemaCoverage> Coverages = new(StringComparer.Ordinal);

    public static TheoryData<string> Kinds =>
        ["GatewayClass", "Gateway", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute", "ListenerSet", "BackendTLSPolicy", "ReferenceGrant", "XBackend", "XBackendTrafficPolicy"];

    [UpstreamTheory]
    [MemberData(nameof(Kinds))]
    public void Every_field_is_in_some_valid_document(string kind) => SchemaVerdicts.None(Coverage(kind).Unreached);

    [UpstreamTheory]
    [MemberData(nameof(Kinds))]
    public void What_the_schema_takes_is_decoded(string kind) => SchemaVerdicts.None(SchemaVerdicts.WronglyRefused(Coverage(kind)));

    [UpstreamTheory]
    [MemberData(nameof(Kinds))]
    public void What_a_constraint_refuses_is_refused_with_its_place(string kind) => SchemaVerdicts.None(SchemaVerdicts.WronglyTaken(Coverage(kind)));

    [UpstreamTheory]
    [MemberData(nameof(Kinds))]
    public void What_a_rule_refuses_is_refused(string kind) => SchemaVerdicts.None(SchemaVerdicts.RulesNotKept(Coverage(kind), $"samples/upstream-{kind}.yaml"));

    private static SchemaCoverage Coverage(string kind) => Coverages.GetOrAdd(kind, name => new SchemaCoverage(
        CrdFile.ReadFolder(UpstreamDefinitions.Channel("experimental")).First(c => c.Kind == name && c.Version is "v1" or "v1alpha1"),
        SchemaTests.SamplesOf($"upstream-{name}.yaml")));
}
