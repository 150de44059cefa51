using System.Collections.Immutable;
using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Tests.Properties;

/// <summary>A translator that has seen a history says the same as one that sees only its end.</summary>
public class IncrementalProperties
{
    private const int Edits = 8;

    private static readonly Config Many = Config.QuickThrowOnFailure.WithMaxTest(400);

    [Fact]
    public void After_any_history_of_edits_the_result_is_that_of_a_fresh_translation() =>
        Check.One(Many, Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var incremental = new IncrementalTranslator();
            ClusterState state = RandomCluster.Of(seed);
            for (int i = 0; i < Edits; i++)
            {
                Translation changed = incremental.Translate(state);
                Translation fresh = GatewayTranslator.Translate(state);
                if (TranslationProperties.Text(changed) != TranslationProperties.Text(fresh)
                    || !changed.Wanted.SequenceEqual(fresh.Wanted)
                    || !changed.Services.SequenceEqual(fresh.Services))
                {
                    return false;
                }

                state = Edited(state, random);
            }

            return true;
        }));

    [Fact]
    public void What_did_not_change_is_the_same_object_as_before()
    {
        var translator = new IncrementalTranslator();
        ClusterState state = RandomCluster.Of(7);
        Translation first = translator.Translate(state);
        Translation second = translator.Translate(state with { Objects = [.. state.Objects] });
        Assert.Same(first.Snapshot, second.Snapshot);
        Assert.Equal(first.Statuses, second.Statuses);
    }

    /// <summary>One to three of: an object goes, comes back otherwise, comes new; the list is shuffled; other binds fail; other pools.</summary>
    private static ClusterState Edited(ClusterState state, Random random)
    {
        var objects = state.Objects.ToList();
        ClusterState other = RandomCluster.Of(random.Next());
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            ApiObject[] others = [.. other.Objects];
            random.Shuffle(others);
            switch (random.Next(6))
            {
                case 0 when objects.Count > 0:
                    objects.RemoveAt(random.Next(objects.Count));
                    break;
                case 1:
                    ApiObject[] shuffled = [.. objects];
                    random.Shuffle(shuffled);
                    objects = [.. shuffled];
                    break;
                case 2:
                    state = state with { Observed = other.Observed };
                    break;
                case 3 when random.Next(3) == 0:
                    state = state with { Addresses = other.Addresses };
                    break;
                default:
                    ApiObject put = others[0];
                    int at = objects.FindIndex(o => o.GetType() == put.GetType() && o.Meta.Key == put.Meta.Key);
                    if (at >= 0)
                    {
                        objects[at] = put;
                    }
                    else
                    {
                        objects.Insert(random.Next(objects.Count + 1), put);
                    }

                    break;
            }
        }

        return state with { Objects = [.. objects] };
    }
}
