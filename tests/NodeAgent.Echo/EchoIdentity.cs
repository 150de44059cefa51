namespace NodeAgent.Echo;

/// <summary>Who answers: the pod as the conformance suite knows it. Absent parts are empty, never null.</summary>
public sealed record EchoIdentity(string Namespace = "", string Ingress = "", string Service = "", string Pod = "")
{
    /// <summary>Reads NAMESPACE, INGRESS_NAME, SERVICE_NAME and POD_NAME.</summary>
    public static EchoIdentity FromEnvironment(Func<string, string?> read)
    {
        ArgumentNullException.ThrowIfNull(read);
        return new EchoIdentity(
            read("NAMESPACE") ?? "",
            read("INGRESS_NAME") ?? "",
            read("SERVICE_NAME") ?? "",
            read("POD_NAME") ?? "");
    }
}
