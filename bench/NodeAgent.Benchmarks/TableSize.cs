using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using NodeAgent.DataPlane.Http;
using NodeAgent.Snapshot;

namespace NodeAgent.Benchmarks;

/// <summary>
/// What a table of 100,000 rules takes beside the resources it was built from, with what its next edit needs; how long building it takes,
/// and how long the edit of one route.
/// </summary>
internal static class TableSize
{
    private const int Edits = 200;

    public static void Print(TextWriter output)
    {
        ImmutableArray<ListenerRoutes> listeners = RouteTableCases.Listeners();
        var kept = new List<object>();
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            long started = Stopwatch.GetTimestamp();
            var index = new RouteIndex(new RouteTableCases.Targets());
            kept.Add((index, index.Update(listeners, out _)));
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            double perRule = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)RouteTableCases.RuleCount;
            (double median, long bytes) = Edit(index, listeners);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"built {RouteTableCases.RuleCount} rules in {took.TotalMilliseconds:F0} ms, {perRule:F1} B/rule; one route edited in {median:F3} ms (median), {bytes / 1024} KB"));
        }

        // Else a table could be collected while the next one is measured.
        GC.KeepAlive(kept);
    }

    private static (double Median, long Bytes) Edit(RouteIndex index, ImmutableArray<ListenerRoutes> listeners)
    {
        var took = new double[Edits];
        long allocated = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < Edits; i++)
        {
            ListenerRoutes listener = listeners[0];
            int at = i * 47 % listener.Routes.Length;
            HttpRouteResource route = listener.Routes[at].Route;
            listeners = [listener with { Routes = listener.Routes.SetItem(at, listener.Routes[at] with { Route = route with { CreatedAt = route.CreatedAt } }) }];
            long started = Stopwatch.GetTimestamp();
            index.Update(listeners, out _);
            took[i] = Stopwatch.GetElapsedTime(started).TotalMilliseconds;
        }

        return (took.Order().ElementAt(Edits / 2), (GC.GetAllocatedBytesForCurrentThread() - allocated) / Edits);
    }
}
