using System.Collections.Immutable;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests;

public class WantedObjectTests
{
    private const string Cluster = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: nodeagent}
        spec: {controllerName: nodeagent.dev/gateway-controller}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: gw, namespace: shop}
        spec:
          gatewayClassName: nodeagent
          listeners:
            - {name: own, port: 443, protocol: HTTPS, hostname: a.example.com, tls: {certificateRefs: [{name: own}]}}
            - {name: foreign, port: 443, protocol: HTTPS, hostname: b.example.com, tls: {certificateRefs: [{name: secret, namespace: other}]}}
          tls: {frontend: {default: {validation: {caCertificateRefs: [{group: "", kind: ConfigMap, name: clients}]}}}}
        ---
        apiVersion: gateway.networking.k8s.io/v1
        kind: Gateway
        metadata: {name: theirs, namespace: shop}
        spec:
          gatewayClassName: somebody-else
          listeners: [{name: own, port: 443, protocol: HTTPS, tls: {certificateRefs: [{name: theirs}]}}]
        """;

    private static readonly WantedObject[] Own = [new("ConfigMap", "shop", "clients"), new("Secret", "shop", "own")];

    [Fact]
    public void Wanted_is_what_a_Gateway_of_ours_may_read_whether_it_is_there_or_not() =>
        Assert.Equal(Own, GatewayTranslator.Translate(State(Cluster)).Wanted);

    [Fact]
    public void What_no_grant_permits_is_not_wanted_until_one_does()
    {
        ImmutableArray<WantedObject> wanted = GatewayTranslator.Translate(State(Cluster + """

            ---
            apiVersion: gateway.networking.k8s.io/v1
            kind: ReferenceGrant
            metadata: {name: shop, namespace: other}
            spec:
              from: [{group: gateway.networking.k8s.io, kind: Gateway, namespace: shop}]
              to: [{group: "", kind: Secret}]
            """)).Wanted;
        Assert.Equal([.. Own, new WantedObject("Secret", "other", "secret")], wanted.OrderBy(w => w.Name == "secret"));
    }

    [Fact]
    public void The_list_is_the_same_one_as_long_as_nothing_else_is_wanted()
    {
        var translator = new IncrementalTranslator();
        ClusterState state = State(Cluster);
        ImmutableArray<WantedObject> first = translator.Translate(state).Wanted;

        ClusterState unrelated = With(state, Make.Route("unrelated", "gw"));
        Assert.True(first == translator.Translate(unrelated).Wanted);

        // The Gateway is computed anew: it lets go of its Secret and takes hold of it again.
        Gateway gateway = state.Objects.OfType<Gateway>().Single(g => g.Meta.Name == "gw");
        ClusterState edited = state with { Objects = unrelated.Objects.Replace(gateway, gateway with { Meta = gateway.Meta with { Generation = 2 } }) };
        Assert.True(first == translator.Translate(edited).Wanted);

        ClusterState gone = state with { Objects = [.. state.Objects.Where(o => o != gateway)] };
        Assert.Empty(translator.Translate(gone).Wanted);
        Assert.Equal(first.AsEnumerable(), translator.Translate(state).Wanted);
    }

    [Fact]
    public void Classes_are_in_use_as_long_as_a_Gateway_names_them_those_of_the_original_API_too()
    {
        const string legacy = """
            apiVersion: networking.x-k8s.io/v1alpha1
            kind: GatewayClass
            metadata: {name: old}
            spec: {controller: nodeagent.dev/gateway-controller}
            ---
            apiVersion: networking.x-k8s.io/v1alpha1
            kind: Gateway
            metadata: {name: gw, namespace: shop}
            spec: {gatewayClassName: old, listeners: [{port: 80, protocol: HTTP, routes: {kind: HTTPRoute}}]}
            """;
        var translator = new IncrementalTranslator();
        ClusterState state = State(Cluster + "\n---\n" + legacy);
        Assert.Equal(
            [new ClassInUse("gateway.networking.k8s.io", "nodeagent"), new ClassInUse("networking.x-k8s.io", "old")],
            translator.Translate(state).ClassesInUse.AsEnumerable());
        ClusterState without = state with { Objects = [.. state.Objects.Where(o => o.Meta.Name != "gw")] };
        Assert.Empty(translator.Translate(without).ClassesInUse);
    }

    [Fact]
    public void What_a_Gateway_owns_is_the_same_object_as_long_as_it_is_as_before()
    {
        var translator = new IncrementalTranslator();
        ClusterState state = State(Cluster);
        ImmutableArray<OwnedObject> first = translator.Translate(state).Objects;
        Assert.Single(first);
        ClusterState edited = With(state, Make.Route("more", "gw") with { Meta = Make.Meta("shop", "more") });
        Assert.True(first == translator.Translate(edited).Objects);
        ClusterState gone = state with { Objects = [.. state.Objects.Where(o => o is not Gateway)] };
        Assert.Empty(translator.Translate(gone).Objects);
        Assert.Equal(first.AsEnumerable(), translator.Translate(state).Objects);
    }

    [Fact]
    public void A_Secret_that_two_read_is_wanted_until_the_second_lets_go()
    {
        const string filter = """
            apiVersion: nodeagent.dev/v1alpha1
            kind: HTTPFilter
            metadata: {name: NAME, namespace: shop}
            spec: {basicAuth: {secretRef: {name: users}}}
            """;
        ApiObject[] filters = [.. new[] { "a", "b" }.SelectMany(n => State(filter.Replace("NAME", n, StringComparison.Ordinal)).Objects)];
        var translator = new IncrementalTranslator();
        ClusterState none = ClusterState.Empty;
        Assert.Single(translator.Translate(none with { Objects = [.. filters] }).Wanted, new WantedObject("Secret", "shop", "users"));
        Assert.Single(translator.Translate(none with { Objects = [filters[1]] }).Wanted);
        Assert.Empty(translator.Translate(none).Wanted);
    }

    private static ClusterState With(ClusterState state, ApiObject item) => state with { Objects = state.Objects.Add(item) };

    private static ClusterState State(string yaml)
    {
        ManifestRead read = ManifestText.Read("in.yaml", yaml);
        Assert.Empty(read.Problems.Select(p => p.ToString()));
        return ClusterState.Empty with { Objects = read.Objects };
    }
}
