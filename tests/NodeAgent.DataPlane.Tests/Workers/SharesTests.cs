using System.Collections.Immutable;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Workers;

public sealed class SharesTests : IDisposable
{
    private readonly Worker _worker = new(0, new DescriptorBudget(1_000));

    public void Dispose() => _worker.Dispose();

    [Theory]
    [InlineData(1, 1)]
    [InlineData(9, 1)]
    [InlineData(1, 1, 1, 1, 1)]
    [InlineData(1_000_000, 1)]
    [InlineData(1_000_000, 1_000_000, 500_000)]
    [InlineData(0, 3, 0, 1, 0)]
    public void Picks_follow_the_weights(params int[] weights)
    {
        const int picks = 100_000;
        int[] seen = Pick(weights, picks);
        double total = weights.Sum(w => (long)w);
        for (int i = 0; i < weights.Length; i++)
        {
            // Six standard deviations of a binomial distribution.
            double share = weights[i] / total;
            double slack = 6 * Math.Sqrt(picks * share * (1 - share));
            Assert.InRange(seen[i], (picks * share) - slack, (picks * share) + slack);
        }
    }

    [Fact]
    public void Sixteen_refs_of_the_largest_weight_are_all_picked() =>
        Assert.All(Pick([.. Enumerable.Repeat(1_000_000, 16)], 10_000), n => Assert.InRange(n, 475, 775));

    [Fact]
    public void Nothing_is_picked_without_weight()
    {
        Assert.Null(Shares([]).Pick(_worker));
        Assert.Null(Shares([0, 0]).Pick(_worker));
    }

    [Fact]
    public void A_single_ref_is_always_picked_and_keeps_its_place() =>
        Assert.Equal([0, 0, 50, 0], Pick([0, 0, 1, 0], 50));

    [Fact]
    public void A_faulty_ref_is_picked_with_its_fault()
    {
        var shares = new WeightedShares([new BackendShare(1, null, "BackendNotFound")], _ => throw new InvalidOperationException());
        WeightedShares.Share share = shares.Pick(_worker)!;
        Assert.Equal((null, "BackendNotFound"), (share.Pool, share.Fault));
    }

    [Fact]
    public void Endpoints_take_turns_also_when_their_number_changes()
    {
        var pool = new BackendPool("b", 1);
        int[] seen = new int[3];
        for (int i = 0; i < 30; i++)
        {
            seen[pool.NextIndex(_worker, 3)]++;
        }

        Assert.Equal([10, 10, 10], seen);
        Assert.InRange(pool.NextIndex(_worker, 1), 0, 0);
        Assert.InRange(pool.NextIndex(_worker, 2), 0, 1);
    }

    [Fact]
    public void Counters_add_up_over_workers_and_columns_do_not_mix()
    {
        const int workers = 3, columns = 9;
        var rows = new CounterRows(workers, columns);
        for (int w = 0; w < workers; w++)
        {
            for (int c = 0; c < columns; c++)
            {
                rows.Add(w, c, (w + 1) * (long)Math.Pow(10, c));
                rows.Add(w, c, 0);
            }
        }

        Assert.Equal(Enumerable.Range(0, columns).Select(c => 6 * (long)Math.Pow(10, c)), Enumerable.Range(0, columns).Select(rows.Sum));
    }

    private static WeightedShares Shares(int[] weights) =>
        new([.. weights.Select(w => new BackendShare(w, "b"))], id => new BackendPool(id, 1));

    private int[] Pick(int[] weights, int count)
    {
        WeightedShares shares = Shares(weights);
        int[] seen = new int[weights.Length];
        for (int i = 0; i < count; i++)
        {
            seen[shares.Pick(_worker)!.Index]++;
        }

        return seen;
    }
}
