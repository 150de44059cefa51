using System.Text.Json.Nodes;

namespace NodeAgent.Translator.Tests;

public class SupportedFeaturesTests
{
    [Fact]
    public void A_class_lists_features_sorted_and_once()
    {
        JsonObject status = GatewayTranslator.Translate(Make.State(Make.Class())).Status("GatewayClass", "nodeagent");
        string[] names = [.. status["supportedFeatures"]!.AsArray().Select(f => (string)f!["name"]!)];
        Assert.Equal(names.Distinct().Order(StringComparer.Ordinal), names);
        Assert.Superset(new HashSet<string> { "Gateway", "HTTPRoute", "ReferenceGrant", "TCPRoute" }, names.ToHashSet());
    }

}
