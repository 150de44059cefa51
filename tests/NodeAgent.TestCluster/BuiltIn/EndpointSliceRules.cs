using System.Net.Sockets;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

internal sealed class EndpointSliceRules : KindRules
{
    private const int MostEndpoints = 1000;
    private const int MostAddresses = 100;
    private const int MostPorts = 100;

    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors)
    {
        string type = Text(item, "addressType");
        JsonArray endpoints = List(item, "endpoints");
        if (endpoints.Count > MostEndpoints)
        {
            errors.Add(FieldErrors.TooMany("endpoints", endpoints.Count, MostEndpoints));
            return;
        }

        for (int i = 0; i < endpoints.Count; i++)
        {
            ValidateEndpoint(endpoints[i], type, $"endpoints[{i}]", errors);
        }

        ValidatePorts(List(item, "ports"), errors);
        if (before is not null && Text(before, "addressType") != type)
        {
            errors.Add(FieldErrors.Invalid("addressType", type, "field is immutable"));
        }
    }

    private static void ValidateEndpoint(JsonNode? endpoint, string type, string path, List<FieldError> errors)
    {
        JsonArray addresses = List(endpoint, "addresses");
        if (addresses.Count == 0)
        {
            errors.Add(FieldErrors.Required($"{path}.addresses", "must contain at least 1 address"));
        }
        else if (addresses.Count > MostAddresses)
        {
            errors.Add(FieldErrors.TooMany($"{path}.addresses", addresses.Count, MostAddresses));
        }

        for (int i = 0; i < addresses.Count; i++)
        {
            ValidateAddress(addresses[i]?.ToString() ?? "", type, $"{path}.addresses[{i}]", errors);
        }

        Check(Text(endpoint, "nodeName"), NameKind.Subdomain, $"{path}.nodeName", errors);
        Check(Text(endpoint, "hostname"), NameKind.Label, $"{path}.hostname", errors);
    }

    private static void ValidateAddress(string address, string type, string path, List<FieldError> errors)
    {
        switch (type)
        {
            case "IPv4":
                AddressRules.ValidateEndpoint(address, AddressFamily.InterNetwork, path, errors);
                break;
            case "IPv6":
                AddressRules.ValidateEndpoint(address, AddressFamily.InterNetworkV6, path, errors);
                break;
            case "FQDN":
                Check(address.TrimEnd('.'), NameKind.Subdomain, path, errors);
                if (!address.TrimEnd('.').Contains('.', StringComparison.Ordinal))
                {
                    errors.Add(FieldErrors.Invalid(path, address, "should be a domain with at least two segments separated by dots"));
                }

                break;
        }
    }

    private static void ValidatePorts(JsonArray ports, List<FieldError> errors)
    {
        if (ports.Count > MostPorts)
        {
            errors.Add(FieldErrors.TooMany("ports", ports.Count, MostPorts));
            return;
        }

        HashSet<string> names = new(StringComparer.Ordinal);
        for (int i = 0; i < ports.Count; i++)
        {
            string path = $"ports[{i}]";
            string name = Text(ports[i], "name");

            // Here no name is a name like others: only one port may have it.
            if (name.Length == 0 && !names.Add(name))
            {
                errors.Add(FieldErrors.Duplicate($"{path}.name", ""));
            }

            PortRules.ValidateName(name, required: false, names, $"{path}.name", errors);
            PortRules.ValidateNumber(ports[i]?["port"], $"{path}.port", errors);
            PortRules.ValidateAppProtocol(Text(ports[i], "appProtocol"), $"{path}.appProtocol", errors);
        }
    }

    private static void Check(string name, NameKind kind, string path, List<FieldError> errors)
    {
        if (name.Length == 0)
        {
            return;
        }

        foreach (string problem in NameRule.Check(kind, name))
        {
            errors.Add(FieldErrors.Invalid(path, name, problem));
        }
    }
}
