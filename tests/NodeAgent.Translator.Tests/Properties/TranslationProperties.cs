using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Properties;

public class TranslationProperties
{
    /// <summary>The rarest reasons need many clusters; the search ends when none is left.</summary>
    private const int MaxSeeds = 3_000;

    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(1_000);

    [Fact]
    public void The_order_of_the_input_does_not_matter() => Holds(seed =>
    {
        ClusterState state = RandomCluster.Of(seed);
        ApiObject[] shuffled = [.. state.Objects];
        var random = new Random(seed);
        random.Shuffle(shuffled);
        BindFailure[] failures = [.. state.Observed.BindFailures];
        random.Shuffle(failures);
        return Text(Translate(state)) == Text(Translate(state with { Objects = [.. shuffled], Observed = new Observed([.. failures]) }));
    });

    [Fact]
    public void Feeding_back_our_own_addresses_changes_nothing() => Holds(seed =>
    {
        ClusterState state = RandomCluster.Of(seed);
        Translation first = Translate(state);
        Translation second = Translate(state with { Addresses = state.Addresses with { Remembered = first.Addresses } });
        return Text(first) == Text(second);
    });

    [Fact]
    public void Bind_failures_never_change_the_snapshot() => Holds(seed =>
    {
        ClusterState state = RandomCluster.Of(seed);
        return Translate(state).Snapshot.Digest == Translate(state with { Observed = Observed.AllBound }).Snapshot.Digest;
    });

    [Fact]
    public void Every_snapshot_is_sound() => Holds(seed =>
        SnapshotValidation.Check(Translate(RandomCluster.Of(seed)).Snapshot).Count == 0);

    [Fact]
    public void No_two_gateways_serve_the_same_address_and_port() => Holds(seed =>
    {
        var owners = new Dictionary<(string, int, bool), string>();
        return Translate(RandomCluster.Of(seed)).Snapshot.All<GatewayResource>()
            .SelectMany(g => g.Addresses.SelectMany(a => g.Listeners.Select(l => (Place: (a, l.Port, l.Protocol == ListenerProtocol.Udp), g.Key))))
            .All(x => owners.TryAdd(x.Place, x.Key) || owners[x.Place] == x.Key);
    });

    [Fact]
    public void What_a_status_calls_programmed_is_in_the_snapshot_and_nothing_else_is() => Holds(seed =>
    {
        ClusterState state = RandomCluster.Of(seed) with { Observed = Observed.AllBound };
        Translation translation = Translate(state);
        HashSet<string> served = [.. translation.Snapshot.All<GatewayResource>().SelectMany(g => g.Listeners.Select(l => $"{g.Key}/{l.Name}"))];
        HashSet<string> programmed =
        [
            .. translation.Statuses.Where(s => s.Kind == "Gateway").SelectMany(s => Programmed(s).Select(l => $"{s.Namespace}/{s.Name}/{l}")),
            .. translation.Statuses.Where(s => s.Kind == "ListenerSet").SelectMany(s => Programmed(s).Select(l =>
                $"{state.Objects.OfType<ListenerSet>().Single(o => o.Meta.Key == $"{s.Namespace}/{s.Name}").ParentKey}/{s.Namespace}/{s.Name}/{l}")),
        ];
        return served.SetEquals(programmed);

        static IEnumerable<string> Programmed(ObjectStatus status) => status.Status["listeners"]!.AsArray()
            .Where(l => l!.Condition("Programmed") == "True/Programmed").Select(l => (string)l!["name"]!);
    });

    [Fact]
    public void A_status_that_is_called_sound_has_nothing_bad_in_it() => Holds(seed =>
        Translate(RandomCluster.Of(seed)).Statuses.Where(s => s.Sound)
            .All(s => !FindingReader.In([new ObjectStatus(s.ApiVersion, s.Kind, s.Namespace, s.Name, s.Generation, s.Status)]).Any()));

    [Fact]
    public void Every_snapshot_survives_its_own_json() => Holds(seed =>
    {
        ConfigSnapshot snapshot = Translate(RandomCluster.Of(seed)).Snapshot;
        return SnapshotCodec.FromJson(SnapshotCodec.ToJson(snapshot)).Digest == snapshot.Digest;
    });

    [Fact]
    public void The_random_clusters_reach_every_reason()
    {
        // Takes thousands of listeners in one Gateway.
        List<string> unsaid = [.. typeof(Reasons).GetFields().Select(f => (string)f.GetRawConstantValue()!).Except([Reasons.TooManyListeners])];
        for (int seed = 0; seed < MaxSeeds && unsaid.Count > 0; seed++)
        {
            string said = Text(Translate(RandomCluster.Of(seed)));
            unsaid.RemoveAll(r => said.Contains($"\"reason\":\"{r}\"", StringComparison.Ordinal));
        }

        Assert.Empty(unsaid);
    }

    private static void Holds(Func<int, bool> property) =>
        Check.One(Many, Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), property));

    private static Translation Translate(ClusterState state) => GatewayTranslator.Translate(state);

    internal static string Text(Translation translation) =>
        translation.Snapshot.Digest
        + string.Concat(translation.Statuses.Select(s => $"\n{s.Kind} {s.Namespace}/{s.Name} {s.Generation} {s.Status.ToJsonString()}"))
        + string.Concat(translation.Addresses.Select(a => $"\n{a.Key} {a.Value}"));
}
