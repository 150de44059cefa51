using System.Collections.Immutable;
using System.Net;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>Which endpoints of a Service may be sent traffic.</summary>
internal static class EndpointSelection
{
    /// <summary>
    /// The ready ones; when there are none, those that still serve while they terminate, so that a rollout of the
    /// last replica loses nothing. A slice's port is found by the Service port's name, never by number.
    /// </summary>
    public static ImmutableArray<Endpoint> Select(ServicePort port, IEnumerable<EndpointSlice> slices)
    {
        var ready = new HashSet<Endpoint>();
        var leaving = new HashSet<Endpoint>();
        foreach (EndpointSlice slice in slices.Where(s => s.AddressType is "IPv4" or "IPv6"))
        {
            SlicePort? slicePort = slice.Ports.FirstOrDefault(p => p.Name == port.Name && p.Protocol == port.Protocol);
            if (slicePort?.Port is not (>= 1 and <= 65535 and int number))
            {
                continue;
            }

            foreach (SliceEndpoint endpoint in slice.Endpoints)
            {
                HashSet<Endpoint>? list = endpoint.Ready ? ready : endpoint.Serving && endpoint.Terminating ? leaving : null;

                // Only the first address has a meaning; kube-proxy does the same.
                if (list is not null && IpText.TryParse(endpoint.Addresses.FirstOrDefault(), out IPAddress? address))
                {
                    list.Add(new Endpoint(address.ToString(), number));
                }
            }
        }

        HashSet<Endpoint> chosen = ready.Count > 0 ? ready : leaving;
        return [.. chosen.OrderBy(e => e.Address, StringComparer.Ordinal).ThenBy(e => e.Port)];
    }
}
