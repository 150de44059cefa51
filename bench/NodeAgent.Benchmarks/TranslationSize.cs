using System.Diagnostics;
using System.Globalization;
using NodeAgent.Translator;

namespace NodeAgent.Benchmarks;

/// <summary>100,000 routes from nothing: how long, and what the translator keeps beside the objects and its results.</summary>
internal static class TranslationSize
{
    private const int Routes = 100_000;

    public static void Print(TextWriter output)
    {
        long empty = GC.GetTotalMemory(forceFullCollection: true);
        var cluster = new TranslationCluster(Routes);
        Tell(output, "objects of the API", GC.GetTotalMemory(forceFullCollection: true) - empty);
        for (int round = 0; round < 3; round++)
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            var translator = new IncrementalTranslator();
            long started = Stopwatch.GetTimestamp();
            Translation translation = translator.Translate(cluster.State);
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Routes} routes cold in {took.TotalMilliseconds:F0} ms"));
            Tell(output, "graph, snapshot and statuses", GC.GetTotalMemory(forceFullCollection: true) - before);
            GC.KeepAlive(translator);
            GC.KeepAlive(translation);
        }
    }

    private static void Tell(TextWriter output, string what, long bytes) =>
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what}: {bytes / (1024.0 * 1024.0):F0} MiB, {bytes / Routes} B per route"));
}
