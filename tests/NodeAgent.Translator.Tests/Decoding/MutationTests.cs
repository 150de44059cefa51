using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Decoding;

public sealed class MutationTests
{
    private static readonly string[] Valid =
    [
        """
        {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "r"},
         "spec": {"useDefaultGateways": "All", "rules": [{"filters": [
           {"type": "RequestMirror", "requestMirror": {"backendRef": {"name": "m", "port": 1}, "fraction": {"numerator": 1, "denominator": 3}}},
           {"type": "CORS", "cors": {"allowOrigins": ["https://*.a:8443"], "allowMethods": ["GET"], "allowCredentials": true, "maxAge": 9}},
           {"type": "ExternalAuth", "externalAuth": {"protocol": "HTTP", "backendRef": {"name": "m", "port": 1},
             "http": {"path": "/a", "allowedHeaders": ["x"]}, "forwardBody": {"maxSize": 9}}}],
           "timeouts": {"request": "2s", "backendRequest": "1s500ms"}, "retry": {"codes": [500, 503], "attempts": 2, "backoff": "10ms"},
           "sessionPersistence": {"sessionName": "s", "absoluteTimeout": "1h", "cookieConfig": {"lifetimeType": "Permanent"}}}]}}
        """,
        """
        {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "GRPCRoute", "metadata": {"name": "r"},
         "spec": {"hostnames": ["*.a"], "rules": [{"matches": [{"method": {"service": "a.B", "method": "c"}, "headers": [{"name": "x", "value": "y"}]}],
           "filters": [{"type": "ExtensionRef", "extensionRef": {"group": "a", "kind": "B", "name": "c"}}],
           "backendRefs": [{"name": "s", "port": 1, "filters": [{"type": "RequestHeaderModifier", "requestHeaderModifier": {"remove": ["a"]}}]}]}]}}
        """,
        """
        {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "TLSRoute", "metadata": {"name": "r"},
         "spec": {"parentRefs": [{"name": "g", "sectionName": "l"}], "hostnames": ["a.example"], "rules": [{"name": "n", "backendRefs": [{"name": "s", "port": 1}]}]}}
        """,
        """
        {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "HTTPRoute", "metadata": {"name": "r", "labels": {"a": "b"}},
         "spec": {"parentRefs": [{"name": "g", "port": 80}], "hostnames": ["a.example"], "rules": [
           {"name": "one", "matches": [{"path": {"type": "Exact", "value": "/a"}, "method": "GET",
             "headers": [{"name": "x", "value": "y"}], "queryParams": [{"name": "x", "value": "y"}]}],
            "filters": [{"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [{"name": "a", "value": "b"}], "remove": ["c"]}}],
            "backendRefs": [{"name": "s", "port": 80, "weight": 2, "filters": []}], "timeouts": {"request": "1s"}}]}}
        """,
        """
        {"apiVersion": "gateway.networking.k8s.io/v1", "kind": "Gateway", "metadata": {"name": "g"},
         "spec": {"gatewayClassName": "c", "addresses": [{"type": "IPAddress", "value": "1.2.3.4"}], "listeners": [
           {"name": "l", "port": 443, "protocol": "HTTPS", "hostname": "*.a", "tls": {"mode": "Terminate", "certificateRefs": [{"name": "c"}]},
            "allowedRoutes": {"namespaces": {"from": "Selector", "selector": {"matchLabels": {"a": "b"}}}, "kinds": [{"kind": "HTTPRoute"}]}}]}}
        """,
        """
        {"apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice", "metadata": {"name": "s"}, "addressType": "IPv4",
         "ports": [{"name": "", "port": 80}], "endpoints": [{"addresses": ["127.0.0.1"], "conditions": {"ready": true}}]}
        """,
        """
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "s"}, "data": {"a": "aGk="}, "stringData": {"b": "c"}}
        """,
    ];

    [Fact]
    public void Whatever_a_document_says_there_is_an_object_or_a_reason_and_every_reason_has_a_place()
    {
        Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new System.Random(seed);
            JsonNode document = JsonNode.Parse(Valid[random.Next(Valid.Length)])!;
            for (int i = random.Next(1, 4); i > 0; i--)
            {
                document = Mutate(document, random);
            }

            DecodeResult result = Decoded.Json(document.ToJsonString());
            return (result.Decoded is null) == (result.Ignored || !result.Problems.IsEmpty)
                && result.Problems.All(p => p.What.Length > 0 && p.Allowed.Length > 0 && !p.ToString().Contains('\n', StringComparison.Ordinal));
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
    }

    [Fact]
    public void The_documents_that_are_mutated_are_valid() =>
        Assert.All(Valid, json => Assert.Empty(Decoded.Json(json).Problems));

    /// <summary>Replaces, removes, doubles or adds one value somewhere.</summary>
    private static JsonNode Mutate(JsonNode root, System.Random random)
    {
        List<JsonNode> containers = [.. Containers(root)];
        if (containers.Count == 0)
        {
            return root;
        }

        switch (containers[random.Next(containers.Count)])
        {
            case JsonObject { Count: > 0 } map:
                string name = map.ElementAt(random.Next(map.Count)).Key;
                switch (random.Next(3))
                {
                    case 0: map.Remove(name); break;
                    case 1: map[name] = Anything(random); break;
                    default: map[name + (char)random.Next(1, 0x300)] = Anything(random); break;
                }

                break;
            case JsonObject map:
                map["x"] = Anything(random);
                break;
            case JsonArray { Count: > 0 } list when random.Next(2) == 0:
                list.Add(list[random.Next(list.Count)]?.DeepClone());
                break;
            case JsonArray { Count: > 0 } list:
                list[random.Next(list.Count)] = Anything(random);
                break;
            case JsonArray list:
                list.Add(Anything(random));
                break;
        }

        return root;
    }

    private static IEnumerable<JsonNode> Containers(JsonNode? node) => node switch
    {
        JsonObject map => [map, .. map.SelectMany(field => Containers(field.Value))],
        JsonArray list => [list, .. list.SelectMany(Containers)],
        _ => [],
    };

    private static JsonNode? Anything(System.Random random) => random.Next(12) switch
    {
        0 => null,
        1 => true,
        2 => random.Next(-10, 70_000),
        3 => 1e300,
        4 => "",
        5 => "a\nb\u0000",
        6 => new string('a', 5000) + "!",
        7 => new JsonArray(),
        8 => new JsonArray(1, "x", null),
        9 => new JsonObject(),
        10 => new JsonObject { ["name"] = "x", ["type"] = "URLRewrite" },
        _ => "/..//%zz",
    };
}
