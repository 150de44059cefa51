using System.Collections.Immutable;
using NodeAgent.DataPlane.Workers;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Balancing;

/// <summary>The backendRefs of a rule, chosen by weight. Faulty refs keep their share (Gateway API: do not renormalise).</summary>
internal sealed class WeightedShares
{
    private readonly long[] _upTo;
    private readonly Share[] _shares;

    public WeightedShares(ImmutableArray<BackendShare> shares, Func<string, BackendPool> pools)
    {
        var upTo = new List<long>();
        var kept = new List<Share>();
        long total = 0;
        for (int i = 0; i < shares.Length; i++)
        {
            BackendShare share = shares[i];
            if (share.Weight <= 0)
            {
                continue;
            }

            total += share.Weight;
            upTo.Add(total);
            kept.Add(new Share(i, share.Backend is null ? null : pools(share.Backend), share.Fault));
        }

        _upTo = [.. upTo];
        _shares = [.. kept];
    }

    /// <summary>Whether the pools are those that their ids name now.</summary>
    public bool AreOf(Func<string, BackendPool> pools) =>
        Array.TrueForAll(_shares, s => s.Pool is null || ReferenceEquals(s.Pool, pools(s.Pool.Id)));

    /// <returns>Null when no ref has a weight above zero.</returns>
    public Share? Pick(Worker worker)
    {
        if (_shares.Length <= 1)
        {
            return _shares.Length == 0 ? null : _shares[0];
        }

        // 16 refs of weight 1,000,000 at most: 32 random bits are fine enough.
        long at = (long)((ulong)worker.NextRandom() * (ulong)_upTo[^1] >> 32);
        int i = 0;
        while (at >= _upTo[i])
        {
            i++;
        }

        return _shares[i];
    }

    /// <param name="Index">Position of the backendRef in its rule.</param>
    /// <param name="Pool">Null: a faulty reference, see <paramref name="Fault"/>.</param>
    public sealed record Share(int Index, BackendPool? Pool, string? Fault);
}
