using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Storage;
using NodeAgent.TestCluster.Writing;

namespace NodeAgent.TestCluster.Controllers;

/// <summary>What every cluster has from its start.</summary>
internal static class InitialObjects
{
    private static readonly string[] Namespaces = ["default", "kube-system", "kube-public", "kube-node-lease"];

    public static void Create(KindRegistry kinds, ObjectWriter writer, string address, int port)
    {
        ServedKind ns = kinds.Find("", "namespaces")!;
        foreach (string name in Namespaces)
        {
            CreateNamespace(ns, writer, name);
        }

        writer.Create(kinds.Find("", "services")!, "default", new JsonObject
        {
            ["metadata"] = Meta(),
            ["spec"] = new JsonObject
            {
                ["clusterIP"] = "10.96.0.1",
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = 443, ["protocol"] = "TCP", ["targetPort"] = port }),
                ["type"] = "ClusterIP",
            },
        }, WriteOptions.Server);
        if (kinds.Find("discovery.k8s.io", "endpointslices") is not { } slices)
        {
            return;
        }

        try
        {
            writer.Create(slices, "default", new JsonObject
            {
                ["metadata"] = SliceMeta(),
                ["addressType"] = address.Contains(':') ? "IPv6" : "IPv4",
                ["endpoints"] = new JsonArray(new JsonObject { ["addresses"] = new JsonArray(address), ["conditions"] = new JsonObject { ["ready"] = true } }),
                ["ports"] = new JsonArray(new JsonObject { ["name"] = "https", ["port"] = port, ["protocol"] = "TCP" }),
            }, WriteOptions.Server);
        }
        catch (ApiRefusal)
        {
            // A server on loopback cannot say so: loopback endpoints are not allowed, here as anywhere.
        }
    }

    public static void CreateNamespace(ServedKind kind, ObjectWriter writer, string name) =>
        writer.Create(kind, "", new JsonObject { ["metadata"] = new JsonObject { ["name"] = name } }, WriteOptions.Server);

    private static JsonObject Meta() => new()
    {
        ["name"] = "kubernetes",
        ["labels"] = new JsonObject { ["component"] = "apiserver", ["provider"] = "kubernetes" },
    };

    private static JsonObject SliceMeta() => new()
    {
        ["name"] = "kubernetes",
        ["labels"] = new JsonObject { ["kubernetes.io/service-name"] = "kubernetes" },
    };
}
