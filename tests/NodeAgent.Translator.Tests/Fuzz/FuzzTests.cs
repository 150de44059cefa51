using System.Collections.Concurrent;
using System.Globalization;
using NodeAgent.Conformance;

namespace NodeAgent.Translator.Tests.Fuzz;

/// <summary>
/// Whatever a user writes, translation gives an answer, and nobody else feels it. FUZZ_COUNT and FUZZ_SEED in the
/// environment make longer and other runs; a failure names the world and the seed that repeat it.
/// </summary>
public class FuzzTests
{
    private const int SliceCount = 8;

    private static readonly int Count = Number("FUZZ_COUNT", 100_000);

    private static readonly int Seed = Number("FUZZ_SEED", 1);

    private static readonly Lazy<FuzzWorld[]> Worlds = new(() => [.. FuzzWorld.All().Where(w => w.Documents > 0)]);

    public static TheoryData<int> Slices => [.. Enumerable.Range(0, SliceCount)];

    /// <summary>In slices, so that a slow machine is not taken for a hung one.</summary>
    [Theory]
    [MemberData(nameof(Slices))]
    public void No_mutation_of_valid_manifests_throws_or_changes_what_others_are_served(int slice)
    {
        FuzzWorld[] worlds = Worlds.Value;
        Assert.True(worlds.Length >= 100, $"only {worlds.Length} worlds");
        int first = slice * Count / SliceCount;
        int end = (slice + 1) * Count / SliceCount;
        var faults = new ConcurrentQueue<string>();
        int done = 0;
        Parallel.For(0, worlds.Length, w =>
        {
            // Mutation number n is of world n modulo their number, in every slice.
            int start = first + ((w - (first % worlds.Length) + worlds.Length) % worlds.Length);
            for (int n = start; n < end && faults.Count < 10; n += worlds.Length)
            {
                if (worlds[w].Try(unchecked((Seed * 1_000_003) + n) & int.MaxValue) is string fault)
                {
                    faults.Enqueue(fault);
                }

                Interlocked.Increment(ref done);
            }
        });

        Assert.True(faults.IsEmpty, string.Join("\n\n", faults));
        Assert.Equal(end - first, done);
        Assert.True(worlds.Sum(w => w.StillValid) > worlds.Sum(w => w.Tried) / 10, "hardly any mutation gets past the decoder");
    }

    [Fact]
    public void A_change_to_what_another_tenant_is_served_would_be_found()
    {
        var world = new FuzzWorld("intruder", YamlJson.Documents("""
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {namespace: bystander-one, name: intruder, labels: {kubernetes.io/service-name: web}}
            addressType: IPv4
            ports: [{name: http, port: 8080}]
            endpoints: [{addresses: [10.66.0.1]}]
            """));

        string[] faults = [.. Enumerable.Range(0, 100).Select(seed => world.Try(seed)).OfType<string>()];

        Assert.Contains(faults, f => f.Contains("backend/bystander-one/web/80", StringComparison.Ordinal));
    }

    private static int Number(string variable, int fallback) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), CultureInfo.InvariantCulture, out int number) ? number : fallback;
}
