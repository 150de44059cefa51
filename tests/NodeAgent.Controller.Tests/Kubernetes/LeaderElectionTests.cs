using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>Simulated: time, processors, wall clocks and the network are the test's, so every run is the same.</summary>
public sealed class LeaderElectionTests
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly FakeTime _time = new();
    private readonly SimulatedLeases _leases;
    private readonly List<(SimulatedProcess Process, SimulatedLeases.Road Road)> _contenders = [];

    // Who led at each step that somebody led in.
    private readonly List<string> _timeline = [];

    public LeaderElectionTests() => _leases = new SimulatedLeases(_time);

    [Fact]
    public void TheFirstLeadsAtOnceAndGoesOnToWhileTheOthersWait()
    {
        Start("a");
        Pass(TimeSpan.FromMilliseconds(200));
        Start("b");
        Pass(TimeSpan.FromMinutes(5));
        Assert.Equal(["a"], _timeline.Distinct());
        Assert.True(Elections[0].IsLeader);
        Assert.Equal("a", Elections[1].Leader);
        Assert.Equal(0, _leases.Transitions);
        Assert.InRange(_leases.Writes, 100, 200);
    }

    [Fact]
    public void ALeaderThatIsCutOffStopsBeforeAnotherStarts()
    {
        Start("a");
        Start("b");
        Pass(TimeSpan.FromSeconds(5));
        _contenders[0].Road.LosesRequests = true;
        TimeSpan cutOff = Now;
        Until(() => !Elections[0].IsLeader);
        TimeSpan stopped = Now;
        Until(() => Elections[1].IsLeader);
        Assert.InRange(stopped - cutOff, TimeSpan.FromSeconds(7), TimeSpan.FromSeconds(10.2));
        Assert.InRange(Now - cutOff, TimeSpan.FromSeconds(12), TimeSpan.FromSeconds(20));
        Assert.Equal([true, false], _contenders[0].Process.Told);
        Assert.Equal(1, _leases.Transitions);
        _contenders[0].Road.LosesRequests = false;
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(["a", "b"], _timeline.Distinct());
    }

    [Fact]
    public void AProcessThatStandsStillFindsItselfDeposedWhenItWakes()
    {
        Start("a");
        Start("b");
        Pass(TimeSpan.FromSeconds(5));
        _contenders[0].Process.StandsStill = true;
        Until(() => Elections[1].IsLeader);
        Assert.False(Elections[0].IsLeader);
        _contenders[0].Process.StandsStill = false;
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(["a", "b"], _timeline.Distinct());
        Assert.Equal([true, false], _contenders[0].Process.Told);
    }

    [Fact]
    public void ALeaderThatEndsHandsOverWithinAFewSeconds()
    {
        Start("a");
        Start("b");
        Pass(TimeSpan.FromSeconds(5));
        _contenders[0].Process.Stop();
        Assert.False(Elections[0].IsLeader);
        TimeSpan stopped = Now;
        Until(() => Elections[1].IsLeader);
        Assert.InRange(Now - stopped, TimeSpan.Zero, TimeSpan.FromSeconds(3));
        Assert.True(_contenders[0].Process.Ended);
    }

    [Fact]
    public void ARenewalThatIsUnderWayAtTheEndIsReleasedAsWell()
    {
        Start("a");
        Start("b");
        Pass(TimeSpan.FromSeconds(5));
        int writes = _leases.Writes;
        _contenders[0].Road.LosesAnswers = true;
        Until(() => _leases.Writes > writes);
        _contenders[0].Road.LosesAnswers = false;
        _contenders[0].Process.Stop();
        TimeSpan stopped = Now;
        Until(() => Elections[1].IsLeader);
        Assert.InRange(Now - stopped, TimeSpan.Zero, TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void WallClocksCountForNothing()
    {
        Start("a").Clock.Offset = TimeSpan.FromDays(-400);
        Start("b").Clock.Offset = TimeSpan.FromDays(400);
        Pass(TimeSpan.FromMinutes(1));
        _contenders[0].Process.Clock.Offset = TimeSpan.FromDays(1000);
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal(["a"], _timeline.Distinct());
    }

    [Fact]
    public void AnAnswerThatIsLostDoesNotLoseTheLease()
    {
        Start("a");
        Pass(TimeSpan.FromSeconds(3));
        _contenders[0].Road.LosesAnswers = true;
        Pass(TimeSpan.FromSeconds(4));
        _contenders[0].Road.LosesAnswers = false;
        Pass(TimeSpan.FromSeconds(20));
        Assert.True(Elections[0].IsLeader);
        Assert.Equal([true], _contenders[0].Process.Told);
        Assert.Equal(0, _leases.Transitions);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void ARenewalThatFailsDoesNotLoseTheLease(bool refused)
    {
        Start("a");
        Start("b");
        Pass(TimeSpan.FromSeconds(5));
        (_contenders[0].Road.ServerFails, _contenders[0].Road.LosesRequests) = (refused, !refused);
        Pass(TimeSpan.FromSeconds(4));
        (_contenders[0].Road.ServerFails, _contenders[0].Road.LosesRequests) = (false, false);
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal([true], _contenders[0].Process.Told);
        Assert.Equal(["a"], _timeline.Distinct());
        Assert.Equal(0, _leases.Transitions);
    }

    [Fact]
    public void ANamesakeHasToWaitLikeAnyOther()
    {
        Start("a");
        Pass(TimeSpan.FromSeconds(5));
        Start("a");
        Pass(TimeSpan.FromMinutes(1));
        Assert.Equal([true], _contenders[0].Process.Told);
        Assert.Empty(_contenders[1].Process.Told);
    }

    [Fact]
    public void HoweverItGoesNeverDoTwoLeadAndWhenAllIsWellOneDoes() =>
        Prop.ForAll(Gen.Choose(0, int.MaxValue).ToArbitrary(), seed =>
        {
            var run = new LeaderElectionTests();
            run.Play(new Random(seed));
            return true;
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(60));

    private List<LeaderElection> Elections => [.. _contenders.Select(c => c.Process.Election)];

    private TimeSpan Now => TimeSpan.FromTicks(_time.GetTimestamp());

    private void Play(Random random)
    {
        Start("a");
        Start("b");
        Start("c");
        for (int step = 0; step < 60; step++)
        {
            (SimulatedProcess process, SimulatedLeases.Road road) = _contenders[random.Next(_contenders.Count)];
            switch (random.Next(9))
            {
                case 0:
                    road.LosesRequests = !road.LosesRequests;
                    break;
                case 1:
                    road.LosesAnswers = !road.LosesAnswers;
                    break;
                case 2:
                    road.ServerFails = !road.ServerFails;
                    break;
                case 3:
                    road.ThereDelay = TimeSpan.FromMilliseconds(random.Next(20_000));
                    break;
                case 4:
                    road.BackDelay = TimeSpan.FromMilliseconds(random.Next(12_000));
                    break;
                case 5:
                    process.StandsStill = !process.StandsStill;
                    break;
                case 6:
                    process.Clock.Offset = TimeSpan.FromHours(random.Next(-1000, 1000));
                    break;
                case 7:
                    process.StandsStill = false;
                    process.Stop();
                    _contenders.RemoveAll(c => c.Process == process);
                    Start($"x{step}");
                    break;
                default:
                    (road.LosesRequests, road.LosesAnswers, road.ServerFails, road.ThereDelay, road.BackDelay) = (false, false, false, default, default);
                    break;
            }

            Pass(TimeSpan.FromMilliseconds(random.Next(12_000)));
        }

        foreach ((SimulatedProcess process, SimulatedLeases.Road road) in _contenders)
        {
            (road.LosesRequests, road.LosesAnswers, road.ServerFails, road.ThereDelay, road.BackDelay) = (false, false, false, default, default);
            process.StandsStill = false;
        }

        Pass(TimeSpan.FromSeconds(45));
        Assert.Single(Elections, election => election.IsLeader);
    }

    private SimulatedProcess Start(string name)
    {
        SimulatedLeases.Road road = _leases.NewRoad();
        var process = new SimulatedProcess(name, road, _time);
        _contenders.Add((process, road));
        return process;
    }

    private void Until(Func<bool> wanted)
    {
        for (int step = 0; !wanted(); step++)
        {
            Assert.True(step < 3000, "never came to be");
            Pass(Step);
        }
    }

    private void Pass(TimeSpan time)
    {
        for (TimeSpan end = Now + time; Now < end;)
        {
            _time.Advance(end - Now < Step ? end - Now : Step);
            _contenders.ForEach(c => c.Process.Run());
            string[] leaders = [.. _contenders.Where(c => c.Process.Election.IsLeader).Select(c => $"{_leases.Holder}")];
            Assert.True(leaders.Length <= 1, $"{leaders.Length} lead at {Now}");
            _timeline.AddRange(leaders);
        }
    }
}
