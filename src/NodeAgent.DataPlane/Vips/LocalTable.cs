using System.Net;

namespace NodeAgent.DataPlane.Vips;

/// <summary>What the kernel's table of local addresses says at one moment. Pure.</summary>
internal sealed class LocalTable
{
    private readonly Dictionary<IPAddress, KernelRoute> _ours = [];
    private readonly HashSet<IPAddress> _nodeAddresses = [];
    private readonly HashSet<IPAddress> _reserved = [];
    private readonly List<KernelRoute> _nodePrefixes = [];

    /// <param name="mark">The protocol number of our routes.</param>
    public LocalTable(IEnumerable<KernelRoute> routes, byte mark)
    {
        foreach (KernelRoute route in routes.Where(r => r.Table == KernelRoute.LocalTable))
        {
            if (route.Type is RouteType.Broadcast or RouteType.Anycast)
            {
                _reserved.Add(route.Destination);
            }
            else if (route.Type != RouteType.Local)
            {
                continue;
            }
            else if (!route.IsHostRoute)
            {
                _nodePrefixes.Add(route);
            }
            else if (route.Protocol == mark)
            {
                _ours[route.Destination] = route;
            }
            else
            {
                _nodeAddresses.Add(route.Destination);
            }
        }
    }

    /// <summary>The routes with our mark, by address.</summary>
    public IReadOnlyDictionary<IPAddress, KernelRoute> Ours => _ours;

    /// <summary>The node takes packets to this address without a route of ours.</summary>
    public bool IsOfNode(IPAddress address) => _nodeAddresses.Contains(address) || _nodePrefixes.Exists(p => p.Covers(address));

    /// <summary>The kernel keeps it for all hosts of a subnet (broadcast) or all routers of one (anycast).</summary>
    public bool IsReserved(IPAddress address) => _reserved.Contains(address);
}
