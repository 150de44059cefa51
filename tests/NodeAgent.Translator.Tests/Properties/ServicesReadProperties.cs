using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Tests.Golden;

namespace NodeAgent.Translator.Tests.Properties;

/// <summary>What a translation says it has read of Services and EndpointSlices is all that it depends on of them.</summary>
public class ServicesReadProperties
{
    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(500);

    public static TheoryData<string> Cases => GoldenTests.Cases;

    [Fact]
    public void Services_that_were_not_looked_for_might_as_well_not_be_there() => Holds(AreNotMissed);

    [Fact]
    public void One_more_translation_has_every_Service_that_the_first_looked_for() => Holds(AreEnough);

    [Theory]
    [MemberData(nameof(Cases))]
    public void So_it_is_with_every_kind_that_reads_Services(string name)
    {
        ClusterState state = new GoldenCase(Path.Combine(GoldenCase.Root, name)).ReadState();
        Assert.True(AreNotMissed(state));
        Assert.True(AreEnough(state));
    }

    private static bool AreNotMissed(ClusterState state)
    {
        Translation whole = GatewayTranslator.Translate(state);
        return Same(whole, GatewayTranslator.Translate(Only(state, whole.Services)));
    }

    private static bool AreEnough(ClusterState state)
    {
        var translator = new IncrementalTranslator();
        Translation first = translator.Translate(Only(state, []));
        return Same(GatewayTranslator.Translate(state), translator.Translate(Only(state, first.Services)));
    }

    private static void Holds(Func<ClusterState, bool> property) =>
        Check.One(Many, Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed => property(RandomCluster.Of(seed))));

    private static bool Same(Translation a, Translation b) =>
        TranslationProperties.Text(a) == TranslationProperties.Text(b) && a.Wanted.SequenceEqual(b.Wanted) && a.Services.SequenceEqual(b.Services);

    /// <summary>Without the other Services and their EndpointSlices.</summary>
    private static ClusterState Only(ClusterState state, ImmutableArray<WantedObject> services) => state with
    {
        Objects =
        [
            .. state.Objects.Where(o => o switch
            {
                Service => services.Contains(new WantedObject("Service", o.Meta.Namespace, o.Meta.Name)),
                EndpointSlice slice => services.Contains(new WantedObject("Service", o.Meta.Namespace, slice.ServiceName ?? "")),
                _ => true,
            }),
        ],
    };
}
