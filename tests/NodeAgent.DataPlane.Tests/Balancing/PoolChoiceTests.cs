using System.Net;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Balancing;

public sealed class PoolChoiceTests : IDisposable
{
    private readonly Worker _worker = new(0, new DescriptorBudget(1_000));
    private readonly BackendPool _pool = new("b", 1);

    public void Dispose() => _worker.Dispose();

    [Fact]
    public void A_key_stays_where_it_is_when_another_endpoint_goes() => Check.QuickThrowOnFailure(
        Prop.ForAll(Gen.Choose(2, 12).ToArbitrary(), Gen.Choose(0, 11).ToArbitrary(), (count, gone) =>
        {
            EndpointTarget[] all = Endpoints(count);
            EndpointTarget lost = all[gone % count];
            EndpointTarget[] left = [.. all.Where(e => e != lost)];
            return Enumerable.Range(0, 200).All(i =>
            {
                EndpointTarget before = all[Hashed(all, i)];
                return before == lost || left[Hashed(left, i)] == before;
            });
        }));

    [Fact]
    public void Keys_spread_evenly()
    {
        EndpointTarget[] all = Endpoints(4);
        int[] seen = new int[4];
        for (int i = 0; i < 4000; i++)
        {
            seen[Hashed(all, i)]++;
        }

        // Six standard deviations of a binomial distribution (27 each).
        Assert.All(seen, n => Assert.InRange(n, 836, 1164));
    }

    [Fact]
    public void What_has_no_key_takes_turns()
    {
        EndpointTarget[] all = Endpoints(3);
        int[] seen = new int[3];
        for (int i = 0; i < 30; i++)
        {
            seen[_pool.First(_worker, all, Settings(LoadBalancingType.ConsistentHash), HashKey.None)]++;
        }

        Assert.Equal([10, 10, 10], seen);
    }

    [Fact]
    public void The_less_busy_of_two_is_chosen()
    {
        EndpointTarget[] two = Endpoints(2);
        two[0].Begin(0);
        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal(1, _pool.First(_worker, two, Settings(LoadBalancingType.LeastRequest), 0)));
        two[1].Begin(0);
        two[1].Begin(0);
        Assert.All(Enumerable.Range(0, 50), _ => Assert.Equal(0, _pool.First(_worker, two, Settings(LoadBalancingType.LeastRequest), 0)));
    }

    [Fact]
    public void The_busiest_of_many_is_never_chosen_and_all_others_are()
    {
        EndpointTarget[] many = Endpoints(5);
        many[3].Begin(0);
        var seen = new HashSet<int>();
        for (int i = 0; i < 500; i++)
        {
            seen.Add(_pool.First(_worker, many, Settings(LoadBalancingType.LeastRequest), 0));
        }

        Assert.Equal([0, 1, 2, 4], seen.Order());
    }

    [Fact]
    public void Chance_reaches_every_endpoint_evenly()
    {
        EndpointTarget[] all = Endpoints(4);
        int[] seen = new int[4];
        for (int i = 0; i < 4000; i++)
        {
            seen[_pool.First(_worker, all, Settings(LoadBalancingType.Random), 0)]++;
        }

        Assert.All(seen, n => Assert.InRange(n, 836, 1164));
    }

    [Fact]
    public void No_more_connections_than_allowed_are_opened()
    {
        EndpointTarget endpoint = Endpoints(1)[0];
        Assert.True(endpoint.TryOpenConnection(2));
        Assert.True(endpoint.TryOpenConnection(2));
        Assert.False(endpoint.TryOpenConnection(2));
        endpoint.CloseConnection();
        Assert.Equal(1, endpoint.Connections);
        Assert.True(endpoint.TryOpenConnection(2));
    }

    private static PoolSettings Settings(LoadBalancingType type) =>
        PoolSettings.Of(new BackendSettingsConfig(LoadBalancing: new LoadBalancingConfig(type, HashSource.SourceIp)));

    private static EndpointTarget[] Endpoints(int count) =>
        [.. Enumerable.Range(1, count).Select(i => new EndpointTarget(new IPEndPoint(new IPAddress([10, 0, 0, (byte)i]), 80), 1))];

    private int Hashed(EndpointTarget[] endpoints, int key) =>
        _pool.First(_worker, endpoints, Settings(LoadBalancingType.ConsistentHash), HashKey.Of($"key-{key}"));
}
