using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using NodeAgent.Translator.Graph;
using NodeAgent.Translator.Graph.Parameters;

namespace NodeAgent.Translator;

/// <param name="Gateway"><c>NS/NAME</c>.</param>
/// <param name="Accepted">A refused Gateway keeps the pool address it was given before, but takes none.</param>
/// <param name="FromPool">Wants those of the pools, one of each family that they have.</param>
/// <param name="Wanted">The values of spec.addresses, as written.</param>
/// <param name="Ports">Of the listeners that would be served; UDP has ports of its own.</param>
/// <param name="Pools">Null: those of the <see cref="AddressSpace"/>.</param>
internal sealed record AddressRequest(
    string Gateway,
    long CreatedAt,
    bool Accepted,
    bool FromPool,
    ImmutableArray<string> Wanted,
    ImmutableArray<ClaimedPort> Ports,
    GatewayPools? Pools = null);

/// <param name="Addresses">In canonical text; first those of spec.addresses, in their order.</param>
/// <param name="Problem">Why some or all that was asked for is missing: AddressNotUsable or AddressNotAssigned.</param>
internal sealed record AddressAward(ImmutableArray<string> Addresses, Problem? Problem);

/// <param name="FromPool">Gateway to pool addresses, for <see cref="AddressSpace.Remembered"/> of the next time.</param>
internal sealed record AddressAssignment(
    ImmutableDictionary<string, AddressAward> Awards,
    ImmutableSortedDictionary<string, PoolAddresses> FromPool)
{
    private static readonly AddressFamily[] Families = [AddressFamily.InterNetwork, AddressFamily.InterNetworkV6];

    /// <summary>
    /// Gives each Gateway its addresses:
    /// 1. pool addresses remembered of earlier runs stay where they are;
    /// 2. spec.addresses are taken as written, the older Gateway first; a younger one may share an address only on
    ///    other ports;
    /// 3. Gateways still without one of a family get the next free address of the first pool that has any of it.
    /// A pool address is never shared, so what a Gateway has serves it alone whatever others ask for later.
    /// </summary>
    /// <param name="poolsOnly">
    /// Only the pools of <paramref name="space"/> give authority over addresses: what is written, or in pools that
    /// parameters name, counts as far as it lies within them.
    /// </param>
    public static AddressAssignment Assign(IEnumerable<AddressRequest> requests, AddressSpace space, bool poolsOnly = false)
    {
        ImmutableArray<PoolRanges> installed = [.. space.Pools.Select(PoolRanges.OfCidr).OfType<PoolRanges>()];
        AddressRequest[] byAge =
        [
            .. requests.Select(r => poolsOnly ? r with { Pools = r.Pools?.Within(installed) } : r)
                .OrderBy(r => r.CreatedAt).ThenBy(r => r.Gateway, StringComparer.Ordinal),
        ];
        var claims = new AddressClaims();

        // 1.
        var fromPool = ImmutableSortedDictionary.CreateBuilder<string, PoolAddresses>(StringComparer.Ordinal);
        foreach (AddressRequest request in byAge.Where(r => r.FromPool))
        {
            foreach (string text in space.Remembered.GetValueOrDefault(request.Gateway)?.All ?? [])
            {
                if (!request.Wanted.Contains(text)
                    && IpText.TryParse(text, out IPAddress? remembered)
                    && PoolsOf(request, installed).Any(p => p.Contains(remembered))
                    && claims.TryHold(remembered.ToString(), request.Gateway))
                {
                    fromPool[request.Gateway] = fromPool.GetValueOrDefault(request.Gateway, PoolAddresses.None).With(remembered);
                }
            }
        }

        // 2.
        var written = new Dictionary<string, AddressAward>(StringComparer.Ordinal);
        foreach (AddressRequest request in byAge.Where(r => r.Accepted))
        {
            written[request.Gateway] = Claim(request, claims, poolsOnly ? installed : null);
        }

        // 3.
        foreach (AddressRequest request in byAge.Where(r => r.Accepted && r.FromPool))
        {
            foreach (AddressFamily family in Families)
            {
                PoolAddresses has = fromPool.GetValueOrDefault(request.Gateway, PoolAddresses.None);
                string? address = has.In(family) is null
                    ? PoolsOf(request, installed).Select(p => p.Take(request.Gateway, family, claims.Taken)).FirstOrDefault(a => a is not null)
                    : null;
                if (address is not null && claims.TryHold(address, request.Gateway))
                {
                    fromPool[request.Gateway] = has.With(IPAddress.Parse(address));
                }
            }
        }

        var awards = ImmutableDictionary.CreateBuilder<string, AddressAward>(StringComparer.Ordinal);
        foreach (AddressRequest request in byAge.Where(r => r.Accepted))
        {
            awards[request.Gateway] = Complete(request, written[request.Gateway], fromPool.GetValueOrDefault(request.Gateway), space, poolsOnly);
        }

        return new AddressAssignment(awards.ToImmutable(), fromPool.ToImmutable());
    }

    /// <param name="authority">Null: any address may be asked for.</param>
    private static AddressAward Claim(AddressRequest request, AddressClaims claims, ImmutableArray<PoolRanges>? authority)
    {
        var usable = new List<string>();
        Problem? problem = null;
        foreach (string text in request.Wanted)
        {
            string? refusal = "it is no address that can be served";
            if (IpText.TryParse(text, out IPAddress? address) && IsUnicast(address))
            {
                refusal = authority?.Any(p => p.Contains(address)) == false
                    ? OutsidePools(authority)
                    : claims.TryShare(address.ToString(), request);
                if (refusal is null && !usable.Contains(address.ToString()))
                {
                    usable.Add(address.ToString());
                }
            }

            if (refusal is not null)
            {
                problem ??= new Problem(Reasons.AddressNotUsable, $"address {text} cannot be used: {refusal}");
            }
        }

        return new AddressAward([.. usable], problem);
    }

    private static string OutsidePools(ImmutableArray<PoolRanges>? pools) => pools is { IsEmpty: false } some
        ? $"it is in no --address-pool ({string.Join(", ", some.Select(p => p.Name))})"
        : "the controller runs without --address-pool, so that no address is its to give";

    private static AddressAward Complete(
        AddressRequest request, AddressAward written, PoolAddresses? pooled, AddressSpace space, bool poolsOnly)
    {
        if (!request.FromPool)
        {
            return written;
        }

        if (pooled is not null)
        {
            return written with { Addresses = written.Addresses.AddRange(pooled.All) };
        }

        if (request.Pools is GatewayPools named)
        {
            Problem full = named.Problem
                ?? new Problem(Reasons.AddressNotAssigned, $"no address is free in AddressPool {string.Join(", ", named.Pools.Select(p => p.Name))}");
            return written with { Problem = written.Problem ?? full };
        }

        string orWrite = poolsOnly ? "" : " or set spec.addresses";
        string message = space.Pools.IsEmpty
            ? $"there is no address pool: pass --address-pool CIDR{orWrite}"
            : $"no address is free in {string.Join(", ", space.Pools)}: add a pool with --address-pool{orWrite}";
        return written with { Problem = written.Problem ?? new Problem(Reasons.AddressNotAssigned, message) { Mend = $"pass --address-pool CIDR{orWrite}" } };
    }

    private static ImmutableArray<PoolRanges> PoolsOf(AddressRequest request, ImmutableArray<PoolRanges> installed) =>
        request.Pools?.Pools ?? installed;

    private static bool IsUnicast(IPAddress address) =>
        !address.Equals(IPAddress.Any)
        && !address.Equals(IPAddress.IPv6Any)
        && !address.Equals(IPAddress.Broadcast)
        && !address.IsIPv6Multicast
        && !(address.GetAddressBytes() is { Length: 4 } bytes && bytes[0] is >= 224 and < 240);
}
