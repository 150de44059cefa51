using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Graph.Parameters;

/// <summary>The pools that parameters name for a Gateway.</summary>
/// <param name="Pools">Those that exist and allow the Gateway, in the order named.</param>
/// <param name="Problem">Of the first that does not.</param>
internal sealed record GatewayPools(ImmutableArray<PoolRanges> Pools, Problem? Problem)
{
    /// <summary>What of them lies in <paramref name="others"/>.</summary>
    public GatewayPools Within(ImmutableArray<PoolRanges> others)
    {
        ImmutableArray<PoolRanges> within = [.. Pools.Select(p => p.Within(others))];
        PoolRanges? outside = within.FirstOrDefault(p => p.Ranges.IsEmpty);
        return new GatewayPools(within, Problem ?? (outside is null
            ? null
            : new Problem(Reasons.AddressNotAssigned, $"AddressPool {outside.Name} has no address that is in an --address-pool of the controller")
            {
                Mend = "pass --address-pool CIDR with its addresses",
            }));
    }

    /// <returns>Null when the parameters name none: then the installation's are meant.</returns>
    public static GatewayPools? Of(Gateway gateway, EffectiveParameters parameters, ObjectIndex index)
    {
        string[] names = [.. parameters.Pools];
        if (names.Length == 0)
        {
            return null;
        }

        var pools = ImmutableArray.CreateBuilder<PoolRanges>();
        Problem? problem = null;
        foreach (string name in names)
        {
            AddressPool? pool = index.Find<AddressPool>("", name);
            string? refusal = pool is null ? "does not exist" : Refusal(pool, gateway, index);
            if (refusal is null)
            {
                pools.Add(PoolRanges.Of(pool!));
            }
            else
            {
                problem ??= new Problem(Reasons.AddressNotAssigned, $"AddressPool {name} {refusal}");
            }
        }

        return new GatewayPools(pools.ToImmutable(), problem);
    }

    private static string? Refusal(AddressPool pool, Gateway gateway, ObjectIndex index)
    {
        if (!pool.GatewayClassNames.IsEmpty && !pool.GatewayClassNames.Contains(gateway.GatewayClassName))
        {
            return $"is not for Gateways of class {gateway.GatewayClassName}";
        }

        string ns = gateway.Meta.Namespace;
        bool allowed = pool.Namespaces is not PoolNamespaces namespaces
            || namespaces.Names.Contains(ns)
            || (namespaces.Selector is LabelSelector selector && RouteNamespaces.Allows(new NamespaceChoice("Selector", selector), ns, ns, index));
        return allowed ? null : $"is not for Gateways of namespace {ns}";
    }
}

/// <param name="Name">For messages: the AddressPool's name, or the CIDR.</param>
internal sealed record PoolRanges(string Name, ImmutableArray<AddressRange> Ranges)
{
    /// <summary>The decoder let no entry through that is none.</summary>
    public static PoolRanges Of(AddressPool pool)
    {
        IEnumerable<AddressRange> ranges = pool.Addresses
            .Select(a => AddressRange.TryParseEntry(a, out AddressRange? range) ? range : null).OfType<AddressRange>();
        foreach (string avoided in pool.Avoid)
        {
            if (AddressRange.TryParseAvoided(avoided, out AddressRange? without))
            {
                ranges = [.. ranges.SelectMany(r => r.Except(without))];
            }
        }

        return new PoolRanges(pool.Meta.Name, [.. ranges]);
    }

    public static PoolRanges? OfCidr(string cidr) => AddressRange.TryParse(cidr, out AddressRange? range) ? new PoolRanges(cidr, [range]) : null;

    public PoolRanges Within(ImmutableArray<PoolRanges> others) =>
        this with { Ranges = [.. Ranges.SelectMany(r => others.SelectMany(o => o.Ranges).Select(r.Intersect)).OfType<AddressRange>()] };

    public bool Contains(IPAddress address) => Ranges.Any(r => r.Contains(address));

    /// <summary>The next free address of that family for <paramref name="owner"/>; null when there is none.</summary>
    public string? Take(string owner, AddressFamily family, IReadOnlySet<string> taken) =>
        Ranges.Where(r => r.Family == family).Select(r => r.Take(owner, taken)).FirstOrDefault(a => a is not null);
}
