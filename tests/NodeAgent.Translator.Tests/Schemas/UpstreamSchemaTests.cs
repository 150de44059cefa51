using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace NodeAgent.Translator.Tests.Schemas;

/// <summary>
/// The same of the Gateway API's definitions, with the documents that come with it: what it calls valid is decoded, and
/// with any constraint of its schema broken it is refused, as an API server would refuse it.
/// </summary>
public class UpstreamSchemaTests
{
    private static readonly ConcurrentDictionary<string, SchemaCoverage> Coverages = new(StringComparer.Ordinal);

    public static TheoryData<string> Kinds =>
        ["Gateway", "HTTPRoute", "GRPCRoute", "TLSRoute", "TCPRoute", "UDPRoute", "ListenerSet", "BackendTLSPolicy", "ReferenceGrant"];

    [UpstreamTheory]
    [MemberData(nameof(Kinds))]
    public void What_comes_as_valid_is_decoded(string kind) => SchemaVerdicts.None(SchemaVerdicts.WronglyRefused(Coverage(kind)));

    [UpstreamTheory]
    [MemberData(nameof(Kinds))]
    public void What_a_constraint_refuses_is_refused_with_its_place(string kind) => SchemaVerdicts.None(SchemaVerdicts.WronglyTaken(Coverage(kind)));

    private static SchemaCoverage Coverage(string kind) => Coverages.GetOrAdd(kind, name => new SchemaCoverage(
        CrdFile.ReadFolder(UpstreamDefinitions.Channel("experimental")).First(c => c.Kind == name && c.Version == "v1"),
        Documents(name),
        search: false));

    private static IEnumerable<JsonObject> Documents(string kind) => UpstreamDefinitions.Manifests
        .SelectMany(f => CrdFile.Documents(File.ReadAllText(f)))
        .Where(d => (string?)d["kind"] == kind && ((string?)d["apiVersion"])!.EndsWith("gateway.networking.k8s.io/v1", StringComparison.Ordinal));
}
