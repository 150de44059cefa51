using System.Net;
using System.Net.Sockets;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.BuiltIn;

/// <summary>Addresses that may stand in endpoints: none that mean something else on every node.</summary>
internal static class AddressRules
{
    public const string NotAnAddress = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

    public static void ValidateEndpoint(string address, string path, List<FieldError> errors)
    {
        if (!ValueFormat.IsAddress(address))
        {
            errors.Add(FieldErrors.Invalid(path, address, NotAnAddress));
            return;
        }

        IPAddress ip = IPAddress.Parse(address);
        if (Special(ip.IsIPv4MappedToIPv6 ? ip.MapToIPv4() : ip, address) is { } problem)
        {
            errors.Add(FieldErrors.Invalid(path, address, problem));
        }
    }

    public static void ValidateEndpoint(string address, AddressFamily family, string path, List<FieldError> errors)
    {
        if (!ValueFormat.IsAddress(address, family))
        {
            errors.Add(FieldErrors.Invalid(path, address, family == AddressFamily.InterNetwork ? "must be a valid IPv4 address" : "must be a valid IPv6 address"));
            return;
        }

        ValidateEndpoint(address, path, errors);
    }

    private static string? Special(IPAddress ip, string text)
    {
        if (ip.Equals(IPAddress.Any) || ip.Equals(IPAddress.IPv6Any))
        {
            return $"may not be unspecified ({text})";
        }

        if (IPAddress.IsLoopback(ip))
        {
            return "may not be in the loopback range (127.0.0.0/8, ::1/128)";
        }

        byte[] bytes = ip.GetAddressBytes();
        bool four = bytes.Length == 4;
        if (four ? bytes[0] == 169 && bytes[1] == 254 : ip.IsIPv6LinkLocal)
        {
            return "may not be in the link-local range (169.254.0.0/16, fe80::/10)";
        }

        if (four ? bytes[0] == 224 && bytes[1] == 0 && bytes[2] == 0 : bytes[0] == 0xff && (bytes[1] & 0x0f) == 2)
        {
            return "may not be in the link-local multicast range (224.0.0.0/24, ff02::/10)";
        }

        return null;
    }
}
