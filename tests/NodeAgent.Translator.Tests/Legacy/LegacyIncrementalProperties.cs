using FsCheck;
using FsCheck.Fluent;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Tests.Golden;
using NodeAgent.Translator.Tests.Properties;

namespace NodeAgent.Translator.Tests.Legacy;

/// <summary>Objects of the golden cases come, go and change places: what is said of the rest depends on the rest alone.</summary>
public sealed class LegacyIncrementalProperties
{
    private const int Edits = 12;

    private static readonly ApiObject[] Objects =
    [
        .. Directory.GetDirectories(GoldenCase.Root, "legacy-*").Order(StringComparer.Ordinal)
            .SelectMany(d => ManifestText.Read("in.yaml", File.ReadAllText(Path.Combine(d, "in.yaml"))).Objects),
    ];

    [Fact]
    public void After_any_history_of_edits_the_result_is_that_of_a_fresh_translation() =>
        Check.One(Config.QuickThrowOnFailure.WithMaxTest(40), Prop.ForAll(Gen.Choose(0, int.MaxValue - 1).ToArbitrary(), seed =>
        {
            var random = new Random(seed);
            var translator = new IncrementalTranslator();
            var present = new Dictionary<(Type, string), ApiObject>();
            for (int i = 0; i < Edits; i++)
            {
                for (int edit = random.Next(1, i == 0 ? Objects.Length : 6); edit > 0; edit--)
                {
                    ApiObject item = Objects[random.Next(Objects.Length)];
                    if (random.Next(4) == 0)
                    {
                        present.Remove((item.GetType(), item.Meta.Key));
                    }
                    else
                    {
                        present[(item.GetType(), item.Meta.Key)] = item;
                    }
                }

                ApiObject[] objects = [.. present.Values];
                random.Shuffle(objects);
                var state = new ClusterState
                {
                    Objects = [.. objects],
                    Addresses = AddressSpace.None with { Pools = ["127.80.0.0/24"] },
                };
                if (TranslationProperties.Text(translator.Translate(state)) != TranslationProperties.Text(GatewayTranslator.Translate(state)))
                {
                    return false;
                }
            }

            return true;
        }));
}
