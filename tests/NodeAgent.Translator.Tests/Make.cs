using System.Collections.Immutable;
using System.Text.Json.Nodes;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests;

/// <summary>Short forms of API objects for tests whose subject is no manifest.</summary>
internal static class Make
{
    public static ObjectMeta Meta(string ns, string name, long createdAt = 0, long generation = 1) =>
        new(ns, name, generation, createdAt, ImmutableSortedDictionary<string, string>.Empty);

    public static GatewayClass Class(string name = "nodeagent", string controller = GatewayTranslator.ControllerName) =>
        new(Meta("", name), controller, null);

    public static Gateway Gateway(string name, Listener[] listeners, string[]? addresses = null, long createdAt = 0) => new(
        Meta("default", name, createdAt),
        "nodeagent",
        [.. listeners],
        [.. (addresses ?? []).Select(a => new GatewayAddress("IPAddress", a))],
        null);

    public static Listener Http(string name = "http", int port = 80, string? hostname = null) =>
        new(name, port, "HTTP", hostname, null, AllowedRoutes.Default);

    public static Listener Tcp(string name, int port) => new(name, port, "TCP", null, null, AllowedRoutes.Default);

    public static ParentRef Parent(string gateway, string? section = null, int? port = null) =>
        new(Groups.Gateway, "Gateway", null, gateway, section, port);

    public static HttpRoute Route(string name, string gateway, params HttpRouteRule[] rules) =>
        new(Meta("default", name), [Parent(gateway)], [], [.. rules]);

    public static HttpRouteRule Rule(string prefix, params BackendRef[] backends) =>
        new(null, [new HttpRouteMatch("PathPrefix", prefix, [], [], null)], [], [.. backends]);

    public static BackendRef Ref(string service, int? port = 80, int weight = 1) =>
        new(Groups.Core, "Service", null, service, port, weight, []);

    public static ClusterState State(params ApiObject[] objects) => new()
    {
        Objects = [.. objects],
        Addresses = AddressSpace.None with { Pools = ["127.80.0.0/24"] },
    };

    public static JsonObject Status(this Translation translation, string kind, string name) =>
        translation.Statuses.Single(s => s.Kind == kind && s.Name == name).Status;

    /// <summary>"Status/Reason" of a condition; null when there is none of that type.</summary>
    public static string? Condition(this JsonNode status, string type) => status["conditions"]!.AsArray()
        .Where(c => (string?)c!["type"] == type)
        .Select(c => $"{c!["status"]}/{c["reason"]}")
        .SingleOrDefault();

    public static JsonNode Listener(this JsonObject gatewayStatus, string name) =>
        gatewayStatus["listeners"]!.AsArray().Single(l => (string?)l!["name"] == name)!;

    public static string Message(this JsonNode status, string type) =>
        (string)status["conditions"]!.AsArray().Single(c => (string?)c!["type"] == type)!["message"]!;
}
