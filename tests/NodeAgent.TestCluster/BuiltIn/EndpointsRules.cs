using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

internal sealed class EndpointsRules : KindRules
{
    public override void Validate(JsonObject item, JsonObject? before, List<FieldError> errors)
    {
        JsonArray subsets = List(item, "subsets");
        for (int i = 0; i < subsets.Count; i++)
        {
            string path = $"subsets[{i}]";
            JsonArray addresses = List(subsets[i], "addresses");
            JsonArray notReady = List(subsets[i], "notReadyAddresses");
            if (addresses.Count + notReady.Count == 0)
            {
                errors.Add(FieldErrors.Required(path, "must specify `addresses` or `notReadyAddresses`"));
            }

            ValidateAddresses(addresses, $"{path}.addresses", errors);
            ValidateAddresses(notReady, $"{path}.notReadyAddresses", errors);
            JsonArray ports = List(subsets[i], "ports");
            HashSet<string> names = new(StringComparer.Ordinal);
            for (int j = 0; j < ports.Count; j++)
            {
                string port = $"{path}.ports[{j}]";
                PortRules.ValidateName(Text(ports[j], "name"), ports.Count > 1, names, $"{port}.name", errors);
                PortRules.ValidateNumber(ports[j]?["port"], $"{port}.port", errors);
                PortRules.ValidateAppProtocol(Text(ports[j], "appProtocol"), $"{port}.appProtocol", errors);
            }
        }
    }

    private static void ValidateAddresses(JsonArray addresses, string path, List<FieldError> errors)
    {
        for (int i = 0; i < addresses.Count; i++)
        {
            AddressRules.ValidateEndpoint(Text(addresses[i], "ip"), $"{path}[{i}].ip", errors);
        }
    }
}
