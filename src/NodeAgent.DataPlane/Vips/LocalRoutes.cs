using System.Net;
using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Vips;

/// <summary>The kernel's local routes of one network namespace. One thread at a time.</summary>
internal sealed class LocalRoutes(NetlinkSocket socket)
{
    /// <summary>
    /// The protocol number of our routes: how we, and <c>ip route show table local proto 191</c>, tell them from all others.
    /// </summary>
    public const byte Mark = 191;

    /// <summary>RTMGRP_IPV4_IFADDR, IPV4_ROUTE, IPV6_IFADDR, IPV6_ROUTE: what <see cref="Concerns"/> wants to see.</summary>
    public const uint EventGroups = 0x10 | 0x40 | 0x100 | 0x400;

    private const ushort Request = 0x1;
    private const ushort Acknowledge = 0x4;
    private const ushort Dump = 0x300;
    private const ushort Replace = 0x100;
    private const ushort Exclusive = 0x200;
    private const ushort Create = 0x400;

    /// <summary>How often a table that changes while it is read is read again; the change itself is an event, too.</summary>
    private const int DumpAttempts = 4;

    private readonly byte[] _request = new byte[128];

    /// <summary>Reads the local table of both families.</summary>
    public SysResult TryRead(out LocalTable table)
    {
        var routes = new List<KernelRoute>();
        SysResult result = default;
        foreach (byte family in (ReadOnlySpan<byte>)[KernelRoute.Inet, KernelRoute.Inet6])
        {
            result = TryDump(family, routes);
            if (result.IsError)
            {
                break;
            }
        }

        table = new LocalTable(routes, Mark);
        return result;
    }

    /// <summary>Fails with EEXIST when another route to the same address is there.</summary>
    public SysResult Add(KernelRoute route) => Change(route, KernelRoute.NewMessage, Create | Exclusive);

    /// <summary>Puts the route in the place of the one to the same address, at once: no packet finds neither.</summary>
    public SysResult Put(KernelRoute route) => Change(route, KernelRoute.NewMessage, Create | Replace);

    /// <summary>Removes the route only if it has its protocol number; success also when there is none.</summary>
    public SysResult Remove(KernelRoute route)
    {
        // The preferred source may have changed since; without one, any will do.
        SysResult removed = Change(route with { Source = null }, KernelRoute.DeleteMessage, 0);
        return removed.Errno == Errno.NoSuchProcess ? new SysResult(0) : removed;
    }

    /// <summary>
    /// The node's IPv4 address: the one its default route sends from, else the first that is of use beyond its link; null when
    /// there is none.
    /// </summary>
    public IPAddress? NodeSource() => DefaultSource() ?? FirstGlobal();

    /// <summary>The event may have changed what <see cref="TryRead"/> or <see cref="NodeSource"/> return.</summary>
    /// <remarks>Decodes nothing: on a node that speaks BGP routes come and go all the time.</remarks>
    public static bool Concerns(in NetlinkMessage message) => message.Type switch
    {
        KernelAddress.NewMessage or KernelAddress.DeleteMessage => true,
        KernelRoute.NewMessage or KernelRoute.DeleteMessage when KernelRoute.TryPeek(message, out byte prefix, out byte table, out byte protocol) =>
            table == KernelRoute.LocalTable ? message.Type == KernelRoute.DeleteMessage || protocol != Mark : prefix == 0,
        _ => false,
    };

    private SysResult TryDump(byte family, List<KernelRoute> routes)
    {
        SysResult result = default;
        for (int i = 0; i < DumpAttempts; i++)
        {
            var found = new List<KernelRoute>();
            var writer = new NetlinkWriter(_request, KernelRoute.GetMessage, Request | Dump);
            Span<byte> header = writer.Reserve(KernelRoute.HeaderSize);
            header[0] = family;
            header[4] = (byte)KernelRoute.LocalTable;
            result = socket.Exchange(
                writer.End(),
                (in NetlinkMessage message) =>
                {
                    if (KernelRoute.TryDecode(message, out KernelRoute? route))
                    {
                        found.Add(route!);
                    }
                });
            if (result.Errno != Errno.Intr || i == DumpAttempts - 1)
            {
                routes.AddRange(found);
                break;
            }
        }

        // ENOENT: a kernel without this family has no such table either.
        return result.Errno is Errno.NoEntry or Errno.Intr ? new SysResult(0) : result;
    }

    private SysResult Change(KernelRoute route, ushort type, int flags) =>
        socket.Exchange(route.Encode(_request, type, (ushort)(Request | Acknowledge | flags)));

    private IPAddress? DefaultSource()
    {
        // 0.0.0.1 is inside "this network" (RFC 1122), where no host is: only the default route can lead to it.
        IPAddress? source = null;
        var writer = new NetlinkWriter(_request, KernelRoute.GetMessage, Request | Acknowledge);
        Span<byte> header = writer.Reserve(KernelRoute.HeaderSize);
        header[0] = KernelRoute.Inet;
        header[1] = 32;
        writer.Attribute(KernelRoute.DestinationAttribute, [0, 0, 0, 1]);
        socket.Exchange(
            writer.End(),
            (in NetlinkMessage message) =>
            {
                if (KernelRoute.TryDecode(message, out KernelRoute? route) && route!.Type == RouteType.Unicast)
                {
                    source = route.Source;
                }
            });
        return source;
    }

    private IPAddress? FirstGlobal()
    {
        IPAddress? first = null;
        var writer = new NetlinkWriter(_request, KernelAddress.GetMessage, Request | Dump);
        writer.Reserve(KernelAddress.HeaderSize)[0] = KernelRoute.Inet;
        socket.Exchange(
            writer.End(),
            (in NetlinkMessage message) =>
            {
                if (KernelAddress.TryDecode(message, out KernelAddress? address) && address is { IsGlobal: true, IsSecondary: false })
                {
                    first ??= address.Address;
                }
            });
        return first;
    }
}
