using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Legacy;
using NodeAgent.Translator.Tests.Certificates;

namespace NodeAgent.Translator.Tests.Legacy;

/// <summary>
/// The examples that v0.2.0 came with. They name classes of nobody and Services and Secrets that are not in them: here
/// the classes are ours and what is missing is made up, so that all of it has to work.
/// </summary>
public sealed class UpstreamExamplesTests
{
    private const string NeededGateway = "simple-gateway/gateway.yaml";

    /// <summary>Files that belong together, the number of entries in status.gateways that must be Admitted, and what is bad for a reason.</summary>
    [ServiceApisTheory]
    [InlineData("backendpolicy.yaml", 0)]
    [InlineData("basic-http.yaml", 1)]
    [InlineData("basic-tcp.yaml", 2)]
    [InlineData("basic-udp.yaml", 1)]
    [InlineData("default-match-http.yaml", 1, "HTTPRoute default-match-route ResolvedRefs=False/InvalidKind", "Gateway default-match-gw 80 ResolvedRefs=False/DegradedRoutes")]
    [InlineData("http-filter.yaml", 1)]
    [InlineData("http-routing", 2)]
    [InlineData("http-trafficsplit.yaml", 1)]
    [InlineData("multiple-tcp.yaml", 0)]
    [InlineData("routes-in-multiple-namespaces.yaml", 2)]
    [InlineData("simple-gateway", 1)]
    [InlineData("single-http.yaml", 0)]
    [InlineData("tls-basic.yaml", 0)]
    [InlineData("tls-cert-in-route.yaml", 2)]
    [InlineData("traffic-splitting/simple-split.yaml", 0)]
    [InlineData("traffic-splitting/traffic-split-1.yaml", 1)]
    [InlineData("traffic-splitting/traffic-split-2.yaml", 1)]
    [InlineData("traffic-splitting/traffic-split-3.yaml", 1)]
    [InlineData("upstream-tls.yaml", 0)]
    [InlineData("wildcard-http.yaml", 0)]
    [InlineData("wildcard-https.yaml", 0)]
    [InlineData("wildcard-tls-gateway.yaml", 0)]
    public void An_example_is_served(string example, int admitted, params string[] bad)
    {
        Translation translation = Translate(example);
        string[] findings = [.. translation.Statuses.SelectMany(Findings)];
        Assert.Equal(bad.Order(StringComparer.Ordinal), findings.Order(StringComparer.Ordinal));
        Assert.Equal(admitted, translation.Statuses
            .SelectMany(s => s.Status["gateways"] as JsonArray ?? [])
            .Count(g => g!.Condition("Admitted") == "True/Admitted"));
    }

    [ServiceApisFact]
    public void Every_example_is_tested()
    {
        string[] tested = [.. typeof(UpstreamExamplesTests).GetMethod(nameof(An_example_is_served))!
            .GetCustomAttributesData()
            .Where(a => a.AttributeType == typeof(InlineDataAttribute))
            .Select(a => (string)((IReadOnlyList<System.Reflection.CustomAttributeTypedArgument>)a.ConstructorArguments[0].Value!)[0].Value!)];
        IEnumerable<string> files = Directory.GetFiles(ServiceApisFactAttribute.Folder!, "*.yaml", SearchOption.AllDirectories)
            .Select(f => Path.GetRelativePath(ServiceApisFactAttribute.Folder!, f));
        Assert.All(files, f => Assert.True(tested.Contains(f) || tested.Contains(Path.GetDirectoryName(f)), f));
    }

    private static Translation Translate(string example)
    {
        string path = Path.Combine(ServiceApisFactAttribute.Folder!, example);
        List<string> files = Directory.Exists(path) ? [.. Directory.GetFiles(path, "*.yaml").Order(StringComparer.Ordinal)] : [path];
        if (example.StartsWith("traffic-splitting", StringComparison.Ordinal))
        {
            files.Add(Path.Combine(ServiceApisFactAttribute.Folder!, NeededGateway));
        }

        var objects = new List<ApiObject>();
        foreach (string file in files)
        {
            ManifestRead read = ManifestText.Read(file, File.ReadAllText(file));
            Assert.Empty(read.Problems.Select(p => p.ToString()));
            Assert.Empty(read.Ignored);
            objects.AddRange(read.Objects.Where(o => o is not LegacyGatewayClass));
        }

        ManifestRead world = ManifestText.Read("world.yaml", World(objects));
        Assert.Empty(world.Problems.Select(p => p.ToString()));
        return GatewayTranslator.Translate(new ClusterState
        {
            Objects = [.. objects, .. world.Objects],
            Addresses = AddressSpace.None with { Pools = ["127.80.0.0/24"] },
        });
    }

    private static string World(List<ApiObject> objects)
    {
        var yaml = new StringBuilder();
        foreach (string name in objects.OfType<LegacyGateway>().Select(g => g.GatewayClassName).Distinct())
        {
            Add($"apiVersion: networking.x-k8s.io/v1alpha1\nkind: GatewayClass\nmetadata: {{name: {name}}}\nspec: {{controller: {GatewayTranslator.ControllerName}}}");
        }

        var known = objects.OfType<Service>().Select(s => s.Meta.Key).ToHashSet(StringComparer.Ordinal);
        foreach (IGrouping<(string Namespace, string Name), (string, string, int Port, string Protocol)> service in objects.OfType<LegacyRoute>()
            .SelectMany(Forwards).GroupBy(f => (f.Namespace, f.Name)).Where(g => !known.Contains($"{g.Key.Namespace}/{g.Key.Name}")))
        {
            string ports = string.Join(", ", service.Select(p => (p.Port, p.Protocol)).Distinct()
                .Select(p => $"{{name: p{p.Port}, port: {p.Port}, protocol: {p.Protocol}}}"));
            Add($"apiVersion: v1\nkind: Service\nmetadata: {{namespace: {service.Key.Namespace}, name: {service.Key.Name}}}\nspec: {{ports: [{ports}]}}");
        }

        IEnumerable<string> secrets = objects.OfType<LegacyGateway>()
            .SelectMany(g => g.Listeners.Select(l => l.Tls?.CertificateRef))
            .Concat(objects.OfType<LegacyHttpRoute>().Select(r => r.CertificateRef))
            .OfType<ObjectReference>().Select(r => r.Name).Distinct();
        foreach (string name in secrets)
        {
            Add($"apiVersion: v1\nkind: Secret\nmetadata: {{name: {name}}}\ntype: kubernetes.io/tls\nstringData:\n  tls.crt: |\n{Indented(TestPem.ExampleCertificate)}\n  tls.key: |\n{Indented(TestPem.ExampleKey)}");
        }

        return yaml.ToString();

        void Add(string document) => yaml.Append("---\n").Append(document).Append('\n');
    }

    private static IEnumerable<(string Namespace, string Name, int Port, string Protocol)> Forwards(LegacyRoute route)
    {
        IEnumerable<LegacyForwardTo> forwards = route is LegacyHttpRoute http
            ? http.Rules.SelectMany(r => r.ForwardTo)
            : ((LegacyStreamRoute)route).Rules.SelectMany(r => r.ForwardTo);
        return forwards.Where(f => f.ServiceName is not null)
            .Select(f => (route.Meta.Namespace, f.ServiceName!, f.Port!.Value, route is LegacyUdpRoute ? "UDP" : "TCP"));
    }

    private static string Indented(string pem) => string.Join('\n', pem.Split('\n').Select(l => "    " + l.TrimEnd('\r')));

    /// <summary>Conditions that are not as their owner would wish.</summary>
    private static IEnumerable<string> Findings(ObjectStatus status)
    {
        string subject = $"{status.Kind} {status.Name}";
        return Of(subject, status.Status)
            .Concat((status.Status["listeners"] as JsonArray ?? []).SelectMany(l => Of($"{subject} {l!["port"]}", l)))
            .Concat((status.Status["gateways"] as JsonArray ?? []).SelectMany(g => Of(subject, g!)));

        static IEnumerable<string> Of(string subject, JsonNode owner) => (owner["conditions"] as JsonArray ?? [])
            .Where(c => (string?)c!["status"] != ((string?)c["type"] is "Conflicted" or "Detached" or "InvalidParameters" or "NoSuchBackend" ? "False" : "True"))
            .Select(c => $"{subject} {c!["type"]}={c["status"]}/{c["reason"]}");
    }
}
