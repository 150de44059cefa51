namespace NodeAgent.Translator.Api;

/// <summary>gateway.networking.x-k8s.io/v1alpha1 XBackend, of its only type: ExternalHostname.</summary>
/// <param name="Protocol">TCP, HTTP, HTTP2, HTTP11, H2C or MCP; null leaves it to the route.</param>
/// <param name="Tls">Null, like mode None: in clear.</param>
public sealed record XBackend(ObjectMeta Meta, string Hostname, int Port, string? Protocol, XBackendTls? Tls) : ApiObject(Meta)
{
    public override string Kind => "XBackend";

    public override string Group => Groups.GatewayX;
}

/// <param name="Mode">None, ServerOnly or ClientAndServer.</param>
/// <param name="ClientCertificate">Only and always with ClientAndServer.</param>
/// <param name="Validation">Null: by the host name and the system's authorities.</param>
public sealed record XBackendTls(string Mode, ObjectReference? ClientCertificate, BackendTlsValidation? Validation);
