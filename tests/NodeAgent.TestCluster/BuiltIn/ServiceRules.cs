using System.Net.Sockets;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

/// <summary>
/// Services. Whoever stores them gives addresses to those that need one and have none; the families of those
/// addresses are defaulted here.
/// </summary>
internal sealed class ServiceRules : KindRules
{
    private const int StickySeconds = 10800;
    private const int LongestStickySeconds = 86400;

    public override void Default(JsonObject item)
    {
        if (item["spec"] is not JsonObject spec)
        {
            return;
        }

        foreach (JsonObject port in List(spec, "ports").OfType<JsonObject>())
        {
            if (port["targetPort"] is not { } target || (JsonNumber.TryRead(target, out JsonNumber number) && number.AsLong == 0))
            {
                port["targetPort"] = port["port"]?.DeepClone();
            }
        }

        string type = Text(spec, "type");
        if (type is "NodePort" or "LoadBalancer")
        {
            DefaultText(spec, "externalTrafficPolicy", "Cluster");
        }

        if (type == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"] is null)
        {
            spec["allocateLoadBalancerNodePorts"] = true;
        }

        DefaultSessions(spec);
        if (type != "ExternalName")
        {
            DefaultText(spec, "internalTrafficPolicy", "Cluster");
            DefaultAddresses(spec);
        }
    }

    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors)
    {
        if (item["spec"] is not JsonObject spec)
        {
            errors.Add(FieldErrors.Required("spec.ports"));
            return;
        }

        string type = Text(spec, "type");
        bool headless = Text(spec, "clusterIP") == "None";
        JsonArray ports = List(spec, "ports");
        if (ports.Count == 0 && !headless && type != "ExternalName")
        {
            errors.Add(FieldErrors.Required("spec.ports"));
        }

        if (headless && type is "NodePort" or "LoadBalancer")
        {
            errors.Add(FieldErrors.Invalid("spec.clusterIPs[0]", "None", $"may not be set to 'None' for {type} services"));
        }

        if (type == "ExternalName")
        {
            ValidateExternalName(spec, errors);
        }

        ValidatePorts(ports, type, errors);
        ValidateAddresses(spec, errors);
        ValidateSessions(spec, errors);
        if (spec["selector"] is JsonObject selector)
        {
            ObjectMetaRules.ValidateLabels(selector, "spec.selector", errors);
        }

        if (before?["spec"] is JsonObject old)
        {
            ValidateUpdate(spec, old, errors);
        }
    }

    private static void DefaultSessions(JsonObject spec)
    {
        if (Text(spec, "sessionAffinity") != "ClientIP")
        {
            spec.Remove("sessionAffinityConfig");
        }
        else if (spec["sessionAffinityConfig"]?["clientIP"]?["timeoutSeconds"] is null)
        {
            spec["sessionAffinityConfig"] = new JsonObject { ["clientIP"] = new JsonObject { ["timeoutSeconds"] = StickySeconds } };
        }
    }

    private static void DefaultAddresses(JsonObject spec)
    {
        string address = Text(spec, "clusterIP");
        JsonArray addresses = List(spec, "clusterIPs");
        if (address.Length == 0 && addresses.Count > 0)
        {
            address = addresses[0]?.ToString() ?? "";
            spec["clusterIP"] = address;
        }
        else if (address.Length > 0 && addresses.Count == 0)
        {
            spec["clusterIPs"] = new JsonArray(address);
        }

        // Nobody knows of what family the endpoints of these will be.
        bool anyFamily = address == "None" && spec["selector"] is not JsonObject { Count: > 0 };
        DefaultText(spec, "ipFamilyPolicy", anyFamily ? "RequireDualStack" : List(spec, "ipFamilies").Count > 1 || List(spec, "clusterIPs").Count > 1 ? "PreferDualStack" : "SingleStack");
        if (List(spec, "ipFamilies").Count == 0)
        {
            string first = address.Contains(':', StringComparison.Ordinal) ? "IPv6" : "IPv4";
            string second = first == "IPv4" ? "IPv6" : "IPv4";
            spec["ipFamilies"] = Text(spec, "ipFamilyPolicy") == "SingleStack" ? new JsonArray(first) : new JsonArray(first, second);
        }
    }

    private static void ValidatePorts(JsonArray ports, string type, List<FieldError> errors)
    {
        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < ports.Count; i++)
        {
            string path = $"spec.ports[{i}]";
            JsonNode? port = ports[i];
            PortRules.ValidateName(Text(port, "name"), ports.Count > 1, names, $"{path}.name", errors);
            PortRules.ValidateNumber(port?["port"], $"{path}.port", errors);
            PortRules.ValidateTarget(port?["targetPort"], $"{path}.targetPort", errors);
            PortRules.ValidateAppProtocol(Text(port, "appProtocol"), $"{path}.appProtocol", errors);
            if (Number(port, "nodePort") is > 0)
            {
                if (type is not ("NodePort" or "LoadBalancer"))
                {
                    errors.Add(FieldErrors.Forbidden($"{path}.nodePort", $"may not be used when `type` is '{type}'"));
                }

                PortRules.ValidateNumber(port?["nodePort"], $"{path}.nodePort", errors);
            }
        }
    }

    private static void ValidateExternalName(JsonObject spec, List<FieldError> errors)
    {
        string name = Text(spec, "externalName").TrimEnd('.');
        if (Text(spec, "clusterIP").Length > 0)
        {
            errors.Add(FieldErrors.Forbidden("spec.clusterIPs", "may not be set when `type` is 'ExternalName'"));
        }

        if (name.Length == 0)
        {
            errors.Add(FieldErrors.Required("spec.externalName"));
            return;
        }

        foreach (string problem in NameRule.Check(NameKind.Subdomain, name))
        {
            errors.Add(FieldErrors.Invalid("spec.externalName", name, problem));
        }
    }

    private static void ValidateAddresses(JsonObject spec, List<FieldError> errors)
    {
        JsonArray addresses = List(spec, "clusterIPs");
        for (int i = 0; i < addresses.Count; i++)
        {
            string address = addresses[i]?.ToString() ?? "";
            if (address != "None" && !ValueFormat.IsAddress(address))
            {
                errors.Add(FieldErrors.Invalid($"spec.clusterIPs[{i}]", address, AddressRules.NotAnAddress));
            }
        }

        JsonArray externals = List(spec, "externalIPs");
        for (int i = 0; i < externals.Count; i++)
        {
            AddressRules.ValidateEndpoint(externals[i]?.ToString() ?? "", $"spec.externalIPs[{i}]", errors);
        }

        JsonArray families = List(spec, "ipFamilies");
        for (int i = 0; i < families.Count; i++)
        {
            string family = families[i]?.ToString() ?? "";
            if (family is not ("IPv4" or "IPv6"))
            {
                errors.Add(FieldErrors.NotSupported($"spec.ipFamilies[{i}]", family, "IPv4", "IPv6"));
            }
            else if (i < addresses.Count && addresses[i]?.ToString() is { } address && address != "None"
                && ValueFormat.IsAddress(address) && !ValueFormat.IsAddress(address, family == "IPv4" ? AddressFamily.InterNetwork : AddressFamily.InterNetworkV6))
            {
                errors.Add(FieldErrors.Invalid($"spec.clusterIPs[{i}]", address, $"expected an {family} value as indicated by `ipFamilies[{i}]`"));
            }
        }

        string policy = Text(spec, "ipFamilyPolicy");
        if (policy is not ("" or "SingleStack" or "PreferDualStack" or "RequireDualStack"))
        {
            errors.Add(FieldErrors.NotSupported("spec.ipFamilyPolicy", policy, "PreferDualStack", "RequireDualStack", "SingleStack"));
        }
    }

    private static void ValidateSessions(JsonObject spec, List<FieldError> errors)
    {
        if (Number(spec["sessionAffinityConfig"]?["clientIP"], "timeoutSeconds") is <= 0 or > LongestStickySeconds)
        {
            errors.Add(FieldErrors.Invalid(
                "spec.sessionAffinityConfig.clientIP.timeoutSeconds", spec["sessionAffinityConfig"]!["clientIP"]!["timeoutSeconds"],
                $"must be greater than 0 and less than {LongestStickySeconds}"));
        }
    }

    /// <summary>An address, once given, goes only with the type: a Service becomes an ExternalName, or stops being one.</summary>
    private static void ValidateUpdate(JsonObject spec, JsonObject old, List<FieldError> errors)
    {
        if (Text(spec, "type") == "ExternalName" || Text(old, "type") == "ExternalName")
        {
            return;
        }

        string now = Text(spec, "clusterIP");
        string then = Text(old, "clusterIP");
        if (now.Length > 0 && then.Length > 0 && now != then)
        {
            string all = string.Join(", ", List(spec, "clusterIPs").Select(address => FieldErrors.Quote(address?.ToString() ?? "")));
            errors.Add(new FieldError("FieldValueInvalid", "spec.clusterIPs[0]", $"Invalid value: []string{{{all}}}: may not change once set"));
        }

        string family = List(spec, "ipFamilies").FirstOrDefault()?.ToString() ?? "";
        string oldFamily = List(old, "ipFamilies").FirstOrDefault()?.ToString() ?? "";
        if (family.Length > 0 && oldFamily.Length > 0 && family != oldFamily)
        {
            errors.Add(FieldErrors.Invalid("spec.ipFamilies[0]", family, "may not change once set"));
        }
    }
}
