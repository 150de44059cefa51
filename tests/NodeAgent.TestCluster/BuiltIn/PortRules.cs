using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

/// <summary>Ports of Services, endpoints and containers.</summary>
internal static class PortRules
{
    private const string OutOfRange = "must be between 1 and 65535, inclusive";

    public static void ValidateNumber(JsonNode? number, string path, List<FieldError> errors)
    {
        if (JsonNumber.TryRead(number, out JsonNumber port) && port.AsLong is < 1 or > 65535)
        {
            errors.Add(FieldErrors.Invalid(path, number, OutOfRange));
        }
    }

    /// <summary>A number, or the name of a container's port.</summary>
    public static void ValidateTarget(JsonNode? target, string path, List<FieldError> errors)
    {
        if (target is JsonValue value && value.GetValueKind() == JsonValueKind.String)
        {
            string name = value.GetValue<string>();
            foreach (string problem in NameRule.CheckPortName(name))
            {
                errors.Add(FieldErrors.Invalid(path, name, problem));
            }
        }
        else
        {
            ValidateNumber(target, path, errors);
        }
    }

    /// <summary>Names of ports are labels, each there once; without a name only where there is one port.</summary>
    /// <param name="named">The names so far.</param>
    public static void ValidateName(string name, bool required, HashSet<string> named, string path, List<FieldError> errors)
    {
        if (name.Length == 0)
        {
            if (required)
            {
                errors.Add(FieldErrors.Required(path));
            }

            return;
        }

        foreach (string problem in NameRule.Check(NameKind.Label, name))
        {
            errors.Add(FieldErrors.Invalid(path, name, problem));
        }

        if (!named.Add(name))
        {
            errors.Add(FieldErrors.Duplicate(path, name));
        }
    }

    public static void ValidateAppProtocol(string protocol, string path, List<FieldError> errors)
    {
        if (protocol.Length == 0)
        {
            return;
        }

        foreach (string problem in NameRule.CheckQualified(protocol))
        {
            errors.Add(FieldErrors.Invalid(path, protocol, problem));
        }
    }
}
