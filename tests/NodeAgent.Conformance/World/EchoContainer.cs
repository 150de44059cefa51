using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.Conformance.World;

/// <summary>What a pod template of the suite asks the echo to be (gateway-api conformance/echo-basic, by its environment).</summary>
internal static class EchoContainer
{
    /// <summary>The order to the echo, without name and address; null while a Secret or ConfigMap that the pod mounts is not there.</summary>
    public static JsonObject? Describe(string ns, JsonObject podSpec, ClusterView view)
    {
        JsonNode container = podSpec["containers"]![0]!;
        var environment = Expectation.Items(container["env"]).ToDictionary(e => (string)e["name"]!, e => (string?)e["value"] ?? "", StringComparer.Ordinal);
        var pod = new JsonObject { ["namespace"] = ns };
        if (((string?)container["image"] ?? "").Contains("/coredns:", StringComparison.Ordinal))
        {
            pod["dns"] = new JsonArray(53);
            return pod;
        }

        bool tcp = environment.ContainsKey("TCP_ECHO_SERVER");
        (string, int[])[] ports = true switch
        {
            _ when tcp => [("tcp", [3000])],
            _ when environment.ContainsKey("UDP_ECHO_SERVER") => [("udp", [8080])],
            _ when environment.ContainsKey("GRPC_ECHO_SERVER") => [("h2c", [3000])],
            _ => [("http", [3000]), ("h2c", [3001])],
        };
        foreach ((string protocol, int[] numbers) in ports)
        {
            pod[protocol] = new JsonArray([.. numbers.Select(n => JsonValue.Create(n))]);
        }

        if (!environment.TryGetValue("TLS_SERVER_CERT", out string? certificate))
        {
            return pod;
        }

        pod[tcp ? "tcpTls" : "https"] = new JsonArray(8443);
        (string Field, string? Path)[] files =
        [
            ("certificate", certificate),
            ("key", environment.GetValueOrDefault("TLS_SERVER_PRIVKEY") ?? environment.GetValueOrDefault("TLS_SERVER_PRIV_KEY")),
            ("clientAuthorities", environment.GetValueOrDefault("TLS_CLIENT_CACERTS")),
        ];
        foreach ((string field, string? path) in files)
        {
            if (path is not null)
            {
                if (ReadFile(path, ns, podSpec, container, view) is not string text)
                {
                    return null;
                }

                pod[field] = text;
            }
        }

        return pod;
    }

    /// <summary>A file of a mounted Secret or ConfigMap.</summary>
    private static string? ReadFile(string path, string ns, JsonObject podSpec, JsonNode container, ClusterView view)
    {
        JsonNode? mount = Expectation.Items(container["volumeMounts"])
            .FirstOrDefault(m => path.StartsWith((string)m["mountPath"]! + "/", StringComparison.Ordinal));
        JsonNode? volume = Expectation.Items(podSpec["volumes"]).FirstOrDefault(v => (string?)v["name"] == (string?)mount?["name"]);
        bool secret = volume?["secret"] is not null;
        JsonNode? source = volume?["secret"] ?? volume?["configMap"];
        string? name = (string?)source?["secretName"] ?? (string?)source?["name"];
        string file = path[(path.LastIndexOf('/') + 1)..];
        string? key = (string?)Expectation.Items(source?["items"]).FirstOrDefault(i => (string?)i["path"] == file)?["key"];
        return name is not null && key is not null
            && (string?)view.Find(SuiteNames.Key(secret ? "Secret" : "ConfigMap", ns, name))?["data"]?[key] is string data
            ? secret ? Encoding.UTF8.GetString(Convert.FromBase64String(data)) : data
            : null;
    }
}
