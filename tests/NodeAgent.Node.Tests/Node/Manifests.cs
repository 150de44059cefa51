using System.Net;

namespace NodeAgent.Node.Tests.Node;

/// <summary>A folder of manifests of one test, and the texts that go into it.</summary>
internal sealed class Manifests : IDisposable
{
    public const string GatewayClass = """
        apiVersion: gateway.networking.k8s.io/v1
        kind: GatewayClass
        metadata: {name: nodeagent}
        spec: {controllerName: nodeagent.dev/gateway-controller}
        """;

    public Manifests()
    {
        Folder = Directory.CreateTempSubdirectory("nodeagent-manifests-").FullName;
        Write("class.yaml", GatewayClass);
    }

    public string Folder { get; }

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    /// <summary>As an editor does that saves by renaming.</summary>
    public void Write(string name, params string[] documents)
    {
        string temporary = Path.Combine(Folder, $".{name}.tmp");
        File.WriteAllText(temporary, string.Join("\n---\n", documents));
        File.Move(temporary, PathOf(name), overwrite: true);
    }

    public void Delete(string name) => File.Delete(PathOf(name));

    public string PathOf(string name) => Path.Combine(Folder, name);

    /// <param name="listeners">Each <c>name/PROTOCOL/port</c>.</param>
    public static string Gateway(string name, string[] listeners, string? address = null)
    {
        IEnumerable<string> items = listeners.Select(l => l.Split('/'))
            .Select(l => $"  - {{name: {l[0]}, protocol: {l[1]}, port: {l[2]}}}\n");
        return $$"""
            apiVersion: gateway.networking.k8s.io/v1
            kind: Gateway
            metadata: {name: {{name}}, namespace: default}
            spec:
              gatewayClassName: nodeagent
            {{(address is null ? "" : $"  addresses: [{{type: IPAddress, value: {address}}}]\n")}}  listeners:
            {{string.Concat(items)}}
            """;
    }

    /// <param name="kind">HTTPRoute or TCPRoute.</param>
    /// <param name="parent"><c>gateway/listener</c>.</param>
    public static string Route(string kind, string name, string parent, string service, string rule = "") => $$"""
        apiVersion: gateway.networking.k8s.io/v1
        kind: {{kind}}
        metadata: {name: {{name}}, namespace: default}
        spec:
          parentRefs: [{name: {{parent.Split('/')[0]}}, sectionName: {{parent.Split('/')[1]}}}]
          rules:
          - {{rule}}
            backendRefs: [{name: {{service}}, port: 80}]
        """.Replace("  - \n    backendRefs", "  - backendRefs", StringComparison.Ordinal);

    /// <summary>A Service with port 80, and one EndpointSlice per endpoint, since each may have its own port.</summary>
    public static string Service(string name, params IPEndPoint[] endpoints)
    {
        IEnumerable<string> slices = endpoints.Select((endpoint, i) => $$"""

            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: {{name}}-{{i}}, namespace: default, labels: {kubernetes.io/service-name: {{name}} } }
            addressType: IPv4
            ports: [{name: "", port: {{endpoint.Port}}}]
            endpoints: [{addresses: ["{{endpoint.Address}}"]}]
            """);
        return $$"""
            apiVersion: v1
            kind: Service
            metadata: {name: {{name}}, namespace: default}
            spec: {ports: [{port: 80}]}
            """ + string.Concat(slices);
    }
}
