using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>Which endpoints of a Service may be sent traffic.</summary>
internal static class EndpointSelection
{
    /// <summary>A slice's port is found by the Service port's name, never by number.</summary>
    /// <param name="ipFamilies">Of the Service.</param>
    public static ImmutableArray<Endpoint> Select(ServicePort port, IEnumerable<EndpointSlice> slices, ImmutableArray<string> ipFamilies) =>
        Select(slices, slice => slice.Ports.FirstOrDefault(p => p.Name == port.Name && p.Protocol == port.Protocol)?.Port, null, ipFamilies);

    /// <summary>
    /// The ready ones; when there are none, those that still serve while they terminate, so that a rollout of the last
    /// replica loses nothing.
    /// </summary>
    /// <param name="portOf">Null skips the slice.</param>
    /// <param name="takes">Null takes all.</param>
    public static ImmutableArray<Endpoint> Select(
        IEnumerable<EndpointSlice> slices,
        Func<EndpointSlice, int?> portOf,
        Func<SliceEndpoint, bool>? takes,
        ImmutableArray<string> ipFamilies)
    {
        var ready = new List<Candidate>();
        var leaving = new List<Candidate>();
        foreach (EndpointSlice slice in slices.Where(s => s.AddressType is "IPv4" or "IPv6"))
        {
            if (portOf(slice) is not (>= 1 and <= 65535 and int port))
            {
                continue;
            }

            foreach (SliceEndpoint endpoint in slice.Endpoints)
            {
                List<Candidate>? list = endpoint.Ready ? ready : endpoint.Serving && endpoint.Terminating ? leaving : null;

                // Only the first address has a meaning; kube-proxy does the same.
                if (list is not null && takes?.Invoke(endpoint) != false && IpText.TryParse(endpoint.Addresses.FirstOrDefault(), out IPAddress? address))
                {
                    list.Add(new Candidate(address, port, endpoint));
                }
            }
        }

        bool preferV6 = !ipFamilies.IsEmpty && ipFamilies[0] == "IPv6";
        return Describe(OncePerOwner(ready.Count > 0 ? ready : leaving, preferV6));
    }

    /// <summary>
    /// A Pod of a dual-stack Service stands in the slices of both families, but is one Pod: counted twice it would get
    /// twice the traffic of one that has a single address.
    /// </summary>
    private static List<Candidate> OncePerOwner(List<Candidate> candidates, bool preferV6)
    {
        AddressFamily preferred = preferV6 ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        if (candidates.TrueForAll(c => c.Address.AddressFamily == preferred))
        {
            return candidates;
        }

        HashSet<(EndpointOwner?, int)> reached = [.. candidates.Where(c => c.Address.AddressFamily == preferred).Select(c => (c.Endpoint.Owner, c.Port))];
        return candidates.FindAll(
            c => c.Address.AddressFamily == preferred || c.Endpoint.Owner is null || !reached.Contains((c.Endpoint.Owner, c.Port)));
    }

    private static ImmutableArray<Endpoint> Describe(List<Candidate> candidates)
    {
        // As in kube-proxy: with a hint missing somewhere the others would overload the rest.
        bool zones = candidates.TrueForAll(c => !c.Endpoint.ForZones.IsEmpty);
        bool nodes = candidates.TrueForAll(c => !c.Endpoint.ForNodes.IsEmpty);
        var endpoints = new List<Endpoint>(candidates.Count);
        foreach (Candidate c in candidates)
        {
            endpoints.Add(new Endpoint(c.Address.ToString(), c.Port)
            {
                Zone = string.IsNullOrEmpty(c.Endpoint.Zone) ? null : c.Endpoint.Zone,
                ForZones = zones ? Sorted(c.Endpoint.ForZones) : null,
                ForNodes = nodes ? Sorted(c.Endpoint.ForNodes) : null,
            });
        }

        endpoints.Sort(Compare);
        var once = ImmutableArray.CreateBuilder<Endpoint>(endpoints.Count);
        foreach (Endpoint endpoint in endpoints)
        {
            if (once.Count == 0 || once[^1].Address != endpoint.Address || once[^1].Port != endpoint.Port)
            {
                once.Add(endpoint);
            }
        }

        return once.DrainToImmutable();
    }

    /// <summary>
    /// By address and port; of two slices that tell the same endpoint differently, the same one comes first whatever
    /// their order.
    /// </summary>
    private static int Compare(Endpoint a, Endpoint b)
    {
        int order = string.CompareOrdinal(a.Address, b.Address);
        order = order != 0 ? order : a.Port.CompareTo(b.Port);
        order = order != 0 ? order : string.CompareOrdinal(a.Zone, b.Zone);
        order = order != 0 ? order : CompareLists(a.ForZones, b.ForZones);
        return order != 0 ? order : CompareLists(a.ForNodes, b.ForNodes);
    }

    private static int CompareLists(ImmutableArray<string>? a, ImmutableArray<string>? b) =>
        a is null && b is null ? 0 : string.CompareOrdinal(string.Join(',', a ?? []), string.Join(',', b ?? []));

    private static ImmutableArray<string> Sorted(ImmutableArray<string> names) =>
        [.. names.Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    private readonly record struct Candidate(IPAddress Address, int Port, SliceEndpoint Endpoint);
}
