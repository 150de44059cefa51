using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;

namespace NodeAgent.Controller.Tests.Cluster;

/// <summary>Whatever comes between that a Service is looked for and that it is given out, nothing of it is lost.</summary>
public sealed class WantedServicesProperties
{
    private const int Steps = 40;

    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(3_000);

    [Fact]
    public void After_any_history_translation_has_just_what_it_looks_for_as_the_API_server_told_it_last() => Holds((world, random) =>
    {
        for (int i = 0; i < Steps; i++)
        {
            if (random.Next(3) == 0)
            {
                world.Pass(random.Next(2) == 0 ? world.Tell : null);
            }
            else
            {
                world.Tell();
            }
        }

        world.Rest();
        Assert.Equal(world.Expected, world.Served);
        Assert.Equal(world.Expected, world.Given);
        Assert.Equal(world.Known - world.Expected.Length, world.Store.Packed);
    });

    [Fact]
    public void A_translation_that_nothing_comes_between_has_all_that_it_looks_for_at_once() => Holds((world, random) =>
    {
        for (int i = 0; i < Steps; i++)
        {
            world.Tell();
            if (random.Next(3) == 0)
            {
                world.Pass(null);
                Assert.Equal(world.Expected, world.Served);
            }
        }
    });

    [Fact]
    public void Services_that_a_route_names_are_there_for_the_first_translation_that_has_the_route() => Holds((world, random) =>
    {
        for (int i = 0; i < Steps; i++)
        {
            world.Tell();
        }

        Assert.True(world.Pass(null) == 1 || world.MoreThanRoutesName);
    });

    private static void Holds(Action<WantedServicesWorld, Random> history) =>
        Check.One(Many, Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            history(new WantedServicesWorld(random), random);
        }));
}
