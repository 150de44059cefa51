using System.Collections.Immutable;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Tests.Extensions;

public class HttpExtensionTests
{
    private const string Cluster = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: nodeagent}
        spec: {controllerName: nodeagent.dev/gateway-controller}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: gw}
        spec: {gatewayClassName: nodeagent, listeners: [{name: http, port: 80, protocol: HTTP}]}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: HTTPRoute
        metadata: {name: app}
        spec:
          parentRefs: [{name: gw}]
          rules:
            - filters:
                - {type: ExtensionRef, extensionRef: {group: nodeagent.dev, kind: HTTPFilter, name: users}}
                - {type: ExtensionRef, extensionRef: {group: nodeagent.dev, kind: HTTPMatch, name: beta}}
              backendRefs: [{group: nodeagent.dev, kind: StaticFiles, name: site}]
        ---
        apiVersion: nodeagent.dev/v1alpha1
        kind: HTTPFilter
        metadata: {name: users}
        spec: {basicAuth: {secretRef: {name: users}}}
        ---
        apiVersion: nodeagent.dev/v1alpha1
        kind: HTTPMatch
        metadata: {name: beta}
        spec: {cookies: [{name: beta, type: Present}]}
        ---
        apiVersion: nodeagent.dev/v1alpha1
        kind: StaticFiles
        metadata: {name: site}
        spec: {configMap: {name: site}}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: users}
        stringData: {username: amy, password: a}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: site}
        data: {index.html: hello}
        """;

    [Theory]
    [InlineData("Secret", "password: a", "password: b")]
    [InlineData("Secret", "stringData", null)]
    [InlineData("ConfigMap", "hello", "goodbye")]
    [InlineData("ConfigMap", "index.html", null)]
    [InlineData("HTTPFilter", "basicAuth: {secretRef: {name: users}}", "directResponse: {status: 204}")]
    [InlineData("HTTPFilter", "spec", null)]
    [InlineData("HTTPMatch", "type: Present", "type: Absent")]
    [InlineData("HTTPMatch", "spec", null)]
    [InlineData("StaticFiles", "configMap: {name: site}", "folder: {path: /srv}")]
    [InlineData("StaticFiles", "spec", null)]
    public void A_change_of_anything_that_a_rule_leads_to_reaches_it(string kind, string old, string? with)
    {
        ClusterState before = Read(Cluster);
        ClusterState after = with is null
            ? before with { Objects = [.. before.Objects.Where(o => o.Kind != kind)] }
            : Read(Cluster.Replace(old, with, StringComparison.Ordinal));
        var translator = new IncrementalTranslator();
        string first = translator.Translate(before).Snapshot.Digest;
        Translation second = translator.Translate(after);
        Assert.NotEqual(first, second.Snapshot.Digest);
        Translation fresh = GatewayTranslator.Translate(after);
        Assert.Equal(fresh.Snapshot.Digest, second.Snapshot.Digest);
        Assert.Equal(fresh.Statuses.Select(s => s.Status.ToJsonString()), second.Statuses.Select(s => s.Status.ToJsonString()));
        Assert.Empty(SnapshotValidation.Check(second.Snapshot));
    }

    [Fact]
    public void What_is_shown_has_no_hashes_and_what_is_applied_survives_its_JSON()
    {
        ConfigSnapshot snapshot = GatewayTranslator.Translate(Read(Cluster)).Snapshot;
        BasicAuthUser user = Assert.Single(Assert.IsType<BasicAuthFilter>(
            snapshot.All<HttpRouteResource>().Single().Rules[0].Filters!.Extensions!.Value[0]).Users);
        Assert.DoesNotContain(user.Hash, SnapshotCodec.ToPrintableJson(snapshot), StringComparison.Ordinal);
        Assert.Equal(snapshot.Digest, SnapshotCodec.FromJson(SnapshotCodec.ToJson(snapshot)).Digest);
    }

    [Fact]
    public void A_data_plane_without_extensions_answers_500_instead_of_passing_by()
    {
        ClusterState state = Read(Cluster) with { Features = DataPlaneFeatures.All & ~(DataPlaneFeatures.HttpExtensions | DataPlaneFeatures.StaticFiles) };
        Translation translation = GatewayTranslator.Translate(state);
        HttpRule rule = translation.Snapshot.All<HttpRouteResource>().Single().Rules[0];
        Assert.Null(rule.Filters);
        Assert.Empty(rule.Backends);
    }

    [Theory]
    [InlineData(null, true)]
    [InlineData("/srv", true)]
    [InlineData("/srv/www", true)]
    [InlineData("/srv/ww", false)]
    [InlineData("/srv/www/deeper", false)]
    [InlineData("/other", false)]
    public void A_folder_is_only_a_backend_where_the_node_allows_it(string? root, bool allowed)
    {
        ClusterState state = Read(Cluster.Replace("configMap: {name: site}", "folder: {path: /srv/www}", StringComparison.Ordinal)) with
        {
            StaticRoots = root is null ? null : [root],
        };
        BackendShare share = GatewayTranslator.Translate(state).Snapshot.All<HttpRouteResource>().Single().Rules[0].Backends[0];
        Assert.Equal(allowed ? null : "RefNotPermitted", share.Fault);
    }

    [Theory]
    [InlineData("192.0.2.77/24", "192.0.2.0/24")]
    [InlineData("192.0.2.77", "192.0.2.77/32")]
    [InlineData("0.0.0.0/0", "0.0.0.0/0")]
    [InlineData("192.0.2.255/31", "192.0.2.254/31")]
    [InlineData("2001:DB8:0::1/32", "2001:db8::/32")]
    [InlineData("::1", "::1/128")]
    [InlineData("192.0.2.0/33", null)]
    [InlineData("192.0.2/24", null)]
    [InlineData("192.0.02.1", null)]
    [InlineData("2001:db8::/129", null)]
    [InlineData("abc", null)]
    public void A_range_has_one_canonical_text(string text, string? canonical) => Assert.Equal(canonical, CidrText.Canonical(text));

    private static ClusterState Read(string yaml)
    {
        ManifestRead read = ManifestText.Read("in.yaml", yaml);
        Assert.Empty(read.Problems.Select(p => p.ToString()));
        return new ClusterState
        {
            Objects = read.Objects,
            Addresses = new AddressSpace(["127.80.0.0/24"], ImmutableSortedDictionary<string, PoolAddresses>.Empty),
        };
    }
}
