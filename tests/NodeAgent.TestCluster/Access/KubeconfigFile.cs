using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Access;

/// <summary>A kubeconfig for the server. Written as JSON, which is YAML.</summary>
internal static class KubeconfigFile
{
    public static void Write(string path, Uri url, string? authorityPem, JsonObject user)
    {
        var cluster = new JsonObject { ["server"] = url.ToString().TrimEnd('/') };
        if (authorityPem is not null)
        {
            cluster["certificate-authority-data"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(authorityPem));
        }

        var config = new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Config",
            ["clusters"] = new JsonArray(new JsonObject { ["name"] = "test-cluster", ["cluster"] = cluster }),
            ["users"] = new JsonArray(new JsonObject { ["name"] = "user", ["user"] = user }),
            ["contexts"] = new JsonArray(new JsonObject { ["name"] = "test", ["context"] = new JsonObject { ["cluster"] = "test-cluster", ["user"] = "user" } }),
            ["current-context"] = "test",
        };
        File.WriteAllBytes(path, JsonText.Bytes(config));
    }
}
