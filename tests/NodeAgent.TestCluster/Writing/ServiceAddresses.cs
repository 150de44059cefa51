using System.Net;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;
using NodeAgent.TestCluster.Schemas;
using NodeAgent.TestCluster.Storage;

namespace NodeAgent.TestCluster.Writing;

/// <summary>Gives Services their cluster IPs and node ports. Called under the store's lock.</summary>
internal sealed class ServiceAddresses(ObjectStore store, string network)
{
    private readonly uint first = ToNumber(IPAddress.Parse(network.Split('/')[0]));

    /// <summary>Addresses that Services asked for by themselves.</summary>
    private readonly HashSet<string> asked = [];

    /// <summary>Last host number given; the first ones are for well-known Services, and 1 is the server's own.</summary>
    private uint last = 255;

    /// <summary>Node ports are from 30000 to 32767.</summary>
    private int lastNodePort = 29_999;

    /// <summary>Whether all numbers were given once, so that any may still be in use.</summary>
    private bool wrapped;

    public void Assign(ServedKind kind, JsonObject item, JsonObject? before)
    {
        JsonObject spec = item.EnsureObject("spec");
        string type = spec.Text("type") ?? "ClusterIP";
        if (type == "ExternalName")
        {
            spec.Remove("clusterIP");
            spec.Remove("clusterIPs");
            return;
        }

        string address = spec.Text("clusterIP") ?? "";
        string had = before.Object("spec").Text("clusterIP") ?? "";
        if (address.Length == 0)
        {
            address = had.Length > 0 ? had : spec.List("clusterIPs")?.FirstOrDefault().AsText() ?? Next();
        }
        else if (address != "None" && address != had && Taken(address))
        {
            throw Refusals.Invalid(kind, item.Metadata().Text("name") ?? "", [new FieldError("FieldValueInvalid", "spec.clusterIPs",
                $"Invalid value: [\"{address}\"]: failed to allocate IP {address}: provided IP is already allocated")]);
        }

        else if (address != "None")
        {
            asked.Add(address);
        }

        AssignNodePorts(spec, type);
        spec["clusterIP"] = address;
        if (spec.List("clusterIPs") is not { Count: > 0 } all || all[0].AsText() != address)
        {
            spec["clusterIPs"] = new JsonArray(address);
        }

        spec["ipFamilies"] ??= new JsonArray(address.Contains(':') ? "IPv6" : "IPv4");
        spec["ipFamilyPolicy"] ??= "SingleStack";
    }

    /// <summary>Ports on nodes, for Services that have them.</summary>
    private void AssignNodePorts(JsonObject spec, string type)
    {
        if (type is not ("NodePort" or "LoadBalancer") || spec.Flag("allocateLoadBalancerNodePorts") is false)
        {
            return;
        }

        foreach (JsonObject port in (spec.List("ports") ?? []).OfType<JsonObject>().Where(p => p.Integer("nodePort") is null or 0))
        {
            lastNodePort = lastNodePort >= 32_767 ? 30_000 : lastNodePort + 1;
            port["nodePort"] = JsonText.Number(lastNodePort);
        }
    }

    private string Next()
    {
        string address;
        do
        {
            wrapped |= last >= 65_533;
            last = last >= 65_533 ? 256 : last + 1;
            uint number = first + last;
            address = new IPAddress([(byte)(number >> 24), (byte)(number >> 16), (byte)(number >> 8), (byte)number]).ToString();
        }
        while (asked.Contains(address) || (wrapped && Taken(address)));
        return address;
    }

    private bool Taken(string address) => store.All(new ResourceId("", "services")).Objects.Values.Any(s => s.Body.Object("spec").Text("clusterIP") == address);

    private static uint ToNumber(IPAddress address)
    {
        byte[] bytes = address.GetAddressBytes();
        return (uint)((bytes[0] << 24) | (bytes[1] << 16) | (bytes[2] << 8) | bytes[3]);
    }
}
