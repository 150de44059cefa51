using System.Diagnostics;
using System.Globalization;
using NodeAgent.DataPlane.Http;

namespace NodeAgent.Benchmarks;

/// <summary>What a table of 100,000 rules takes beside the resources it was built from, and how long building takes.</summary>
internal static class TableSize
{
    public static void Print(TextWriter output)
    {
        var listeners = RouteTableCases.Listeners();
        var kept = new List<RouteTable>();
        for (int round = 0; round < 5; round++)
        {
            long before = GC.GetTotalMemory(forceFullCollection: true);
            long started = Stopwatch.GetTimestamp();
            var table = new RouteTable(listeners);
            TimeSpan took = Stopwatch.GetElapsedTime(started);
            double perRule = (GC.GetTotalMemory(forceFullCollection: true) - before) / (double)RouteTableCases.RuleCount;
            kept.Add(table);
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"built {table.Rules.Length} rules in {took.TotalMilliseconds:F0} ms, {perRule:F1} B/rule"));
        }

        // Else a table could be collected while the next one is measured.
        GC.KeepAlive(kept);
    }
}
