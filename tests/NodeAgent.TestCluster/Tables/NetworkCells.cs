using System.Text.Json;
using System.Text.Json.Nodes;
using static NodeAgent.TestCluster.Tables.BuiltInColumns;
using static NodeAgent.TestCluster.Tables.CommonColumns;

namespace NodeAgent.TestCluster.Tables;

internal static class NetworkCells
{
    public static JsonNode ServicePorts(JsonObject service)
    {
        IEnumerable<string> ports = Items(service["spec"], "ports").Select(port =>
            $"{port?["port"]}{(port?["nodePort"] is { } node ? $":{node}" : "")}/{Text(port, "protocol")}");
        return OrNone(string.Join(',', ports));
    }

    public static JsonNode ExternalAddress(JsonObject service)
    {
        JsonNode? spec = service["spec"];
        List<string> addresses = [.. Items(service["status"]?["loadBalancer"], "ingress").Select(entry => Text(entry, "ip") is { Length: > 0 } ip ? ip : Text(entry, "hostname"))];
        addresses.AddRange(Items(spec, "externalIPs").Select(address => address?.ToString() ?? ""));
        return Text(spec, "type") switch
        {
            "ExternalName" => Text(spec, "externalName"),
            "LoadBalancer" when addresses.Count == 0 => "<pending>",
            _ => OrNone(string.Join(',', addresses)),
        };
    }

    /// <summary>Up to three, address and port.</summary>
    public static JsonNode Endpoints(JsonObject endpoints)
    {
        List<string> all = [];
        foreach (JsonNode? subset in Items(endpoints, "subsets"))
        {
            JsonArray ports = Items(subset, "ports");
            foreach (JsonNode? address in Items(subset, "addresses"))
            {
                string ip = Text(address, "ip");
                string host = ip.Contains(':', StringComparison.Ordinal) ? $"[{ip}]" : ip;
                all.AddRange(ports.Count == 0 ? [ip] : ports.Select(port => $"{host}:{port?["port"]}"));
            }
        }

        return Plus(all, 3);
    }

    public static JsonNode SlicePorts(JsonObject slice) =>
        slice["ports"] is JsonArray { Count: > 0 } ports ? Plus([.. ports.Select(port => port?["port"]?.ToString() ?? "*")], 3) : "<unset>";

    public static JsonNode SliceAddresses(JsonObject slice)
    {
        List<string> all = [.. Items(slice, "endpoints").SelectMany(endpoint => Items(endpoint, "addresses")).Select(address => address?.ToString() ?? "")];
        return all.Count == 0 ? "<unset>" : Plus(all, 3);
    }

    private static JsonArray Items(JsonNode? holder, string field) => (holder as JsonObject)?[field] as JsonArray ?? [];
}
