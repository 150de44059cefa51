using NodeAgent.Controller.Cluster.Writing;

namespace NodeAgent.Controller.Tests.Cluster;

public class CountHoldTests
{
    [Theory]
    [InlineData(2)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(30)]
    public void A_thousand_routes_one_after_the_other_cost_few_writes_and_the_last_count_is_there_within_a_second(int seconds)
    {
        TimeSpan[] changes = [.. Enumerable.Range(0, 1000).Select(i => TimeSpan.FromSeconds(seconds * i / 1000.0))];
        List<TimeSpan> writes = Run(changes, TimeSpan.FromMilliseconds(5));
        Assert.InRange(writes.Count, 2, 20);
        Assert.InRange(writes[^1] - changes[^1], TimeSpan.Zero, TimeSpan.FromSeconds(0.9));
    }

    [Fact]
    public void Pauses_by_chance_do_not_make_many_writes_of_it()
    {
        var random = new Random(1);
        var changes = new List<TimeSpan>();
        TimeSpan at = TimeSpan.Zero;
        for (int i = 0; i < 1000; i++)
        {
            changes.Add(at);
            at += TimeSpan.FromMilliseconds(random.Next(20) == 0 ? random.Next(250, 450) : random.Next(1, 20));
        }

        Assert.InRange(Run([.. changes], TimeSpan.FromMilliseconds(5)).Count, 2, 20);
    }

    [Fact]
    public void The_first_change_after_a_pause_is_written_at_once()
    {
        TimeSpan[] changes = [TimeSpan.Zero, TimeSpan.FromSeconds(10), TimeSpan.FromSeconds(20)];
        Assert.Equal(changes, Run(changes, TimeSpan.Zero));
    }

    [Fact]
    public void What_follows_closely_waits_until_the_object_is_left_alone()
    {
        TimeSpan[] changes = [TimeSpan.Zero, TimeSpan.FromMilliseconds(10), TimeSpan.FromMilliseconds(110)];
        Assert.Equal([TimeSpan.Zero, TimeSpan.FromMilliseconds(260)], Run(changes, TimeSpan.Zero));
    }

    [Fact]
    public void Nobody_waits_longer_than_the_longest_hold()
    {
        TimeSpan[] changes = [.. Enumerable.Range(0, 6000).Select(i => TimeSpan.FromMilliseconds(10 * i))];
        List<TimeSpan> writes = Run(changes, TimeSpan.Zero);
        Assert.All(writes.Zip(writes.Skip(1)), pair => Assert.InRange(pair.Second - pair.First, TimeSpan.Zero, TimeSpan.FromSeconds(4.1)));
        Assert.InRange(writes.Count, 10, 25);
    }

    [Fact]
    public void What_is_written_for_another_reason_takes_the_counts_along()
    {
        var hold = new CountHold();
        hold.Change(TimeSpan.Zero);
        hold.Writing(TimeSpan.Zero);
        hold.Change(TimeSpan.FromMilliseconds(10));
        Assert.NotNull(hold.Due);
        hold.Writing(TimeSpan.FromMilliseconds(20));
        Assert.Null(hold.Due);
    }

    /// <summary>When writes begin, if each change is told in time and each write takes <paramref name="write"/>.</summary>
    private static List<TimeSpan> Run(TimeSpan[] changes, TimeSpan write)
    {
        var hold = new CountHold();
        var writes = new List<TimeSpan>();
        TimeSpan free = TimeSpan.Zero;
        foreach (TimeSpan change in changes)
        {
            WriteUntil(change);
            hold.Change(change);
        }

        WriteUntil(TimeSpan.MaxValue);
        return writes;

        void WriteUntil(TimeSpan end)
        {
            while (hold.Due is TimeSpan due && (due > free ? due : free) is TimeSpan at && at < end)
            {
                hold.Writing(at);
                writes.Add(at);
                free = at + write;
            }
        }
    }
}
