namespace NodeAgent.Conformance;

/// <summary>How cases/*.yaml name objects, and the names that the suite is told on its command line.</summary>
public static class SuiteNames
{
    /// <summary>The namespace of an object that a case names without one.</summary>
    public const string DefaultNamespace = "gateway-conformance-infra";

    /// <summary>The GatewayClass that the suite's Gateways have.</summary>
    public const string ClassName = "gateway-conformance";

    /// <summary>What the class has as spec.controllerName.</summary>
    public const string ControllerName = "nodeagent.dev/gateway-controller";

    /// <summary><c>KIND NS/NAME</c>, or <c>KIND NAME</c> for cluster-scoped kinds.</summary>
    public static string Key(string kind, string? ns, string name) =>
        kind is "GatewayClass" or "Namespace" ? $"{kind} {name}" : $"{kind} {ns ?? DefaultNamespace}/{name}";

    /// <param name="text"><c>KIND [NS/]NAME</c>; words after it are not looked at.</param>
    public static string KeyOf(string text)
    {
        string[] parts = text.Split(' ');
        string[] name = parts[1].Split('/');
        return name.Length == 2 ? Key(parts[0], name[0], name[1]) : Key(parts[0], null, name[0]);
    }
}
