using System.Collections.Concurrent;
using System.Globalization;

namespace NodeAgent.Translator.Tests.Fuzz;

/// <summary>
/// Whatever a user writes, translation gives an answer, and nobody else feels it. FUZZ_COUNT and FUZZ_SEED in the
/// environment make longer and other runs; a failure names the world and the seed that repeat it.
/// </summary>
public class FuzzTests
{
    private static readonly int Count = Number("FUZZ_COUNT", 100_000);

    private static readonly int Seed = Number("FUZZ_SEED", 1);

    [Fact]
    public void No_mutation_of_valid_manifests_throws_or_changes_what_others_are_served()
    {
        FuzzWorld[] worlds = [.. FuzzWorld.All().Where(w => w.Documents > 0)];
        var faults = new ConcurrentQueue<string>();
        int done = 0;
        Parallel.For(0, worlds.Length, w =>
        {
            int share = (Count / worlds.Length) + (w < Count % worlds.Length ? 1 : 0);
            for (int i = 0; i < share && faults.Count < 10; i++)
            {
                int seed = unchecked((Seed * 1_000_003) + (w * 7919) + (i * 31)) & int.MaxValue;
                if (worlds[w].Try(seed) is string fault)
                {
                    faults.Enqueue(fault);
                }

                Interlocked.Increment(ref done);
            }
        });

        Assert.True(faults.IsEmpty, string.Join("\n\n", faults));
        Assert.Equal(Count, done);
        Assert.True(worlds.Length >= 30, $"only {worlds.Length} worlds");
    }

    private static int Number(string variable, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : fallback;
}
