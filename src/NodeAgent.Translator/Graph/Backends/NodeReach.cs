using System.Net;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Graph.Backends;

/// <summary>
/// What only a node can reach: its own sockets, and what its link serves to it alone, such as the metadata service of a
/// cloud. An agent has the node's network, so in a cluster no object of a tenant may lead there. A real API server
/// refuses such endpoints of Services too.
/// </summary>
internal static class NodeReach
{
    /// <summary>Null when the group leads nowhere it must not. What a name resolves to is known on the node alone.</summary>
    public static Problem? Check(EndpointGroup group)
    {
        for (int i = 0; i < group.Endpoints.Length; i++)
        {
            if (IpText.TryParse(group.Endpoints[i].Address, out IPAddress? address) && NodeOnlyAddress.Describe(address) is string what)
            {
                return Of($"spec.endpoints[{i}].address", $"{address} is {what}");
            }
        }

        for (int i = 0; i < group.Hostnames.Length; i++)
        {
            if (Refuse(group.Hostnames[i].Name) is string what)
            {
                return Of($"spec.hostnames[{i}].name", $"{group.Hostnames[i].Name} {what}");
            }
        }

        return null;
    }

    /// <summary>Of a host name: why it must not be looked up; null when it may be.</summary>
    public static string? Refuse(string hostname)
    {
        // Resolvers read 127.1 and 0x7f000001 as addresses, too.
        if (IPAddress.TryParse(hostname, out _))
        {
            return "is an address, which is no hostname";
        }

        return hostname == "localhost" || hostname.EndsWith(".localhost", StringComparison.Ordinal) || hostname.StartsWith("localhost.", StringComparison.Ordinal)
            ? "would be the node itself"
            : null;
    }

    private static Problem Of(string field, string what) => new(Reasons.UnsupportedValue, $"{field} {what}: in a cluster a backend must be one that other machines can reach, too")
    {
        Mend = "name a backend that other machines can reach, too",
    };
}
