using System.Buffers;
using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace NodeAgent.Agent;

/// <summary>What this process is and uses, in the Prometheus text format under its conventional names.</summary>
internal static class ProcessMetrics
{
    private static readonly double StartedAt = UnixSeconds(Process.GetCurrentProcess().StartTime);

    public static void Write(IBufferWriter<byte> output)
    {
        var text = new PrometheusText(output);
        text.Metric("build_info", "gauge", "Always 1; the labels say what was built.");
        text.Sample("build_info", $"{{version=\"{BuildInfo.Version}\",commit=\"{BuildInfo.Commit}\"}}", 1);
        text.Single("process_start_time_seconds", "gauge", "Start of the process, Unix seconds.", StartedAt);
        text.Single("process_cpu_seconds_total", "counter", "User and system CPU time.", Environment.CpuUsage.TotalTime.TotalSeconds);
        text.Single("process_resident_memory_bytes", "gauge", "Resident memory.", Environment.WorkingSet);
        text.Single("process_open_fds", "gauge", "Open file descriptors.", Directory.GetFileSystemEntries("/proc/self/fd").Length);
        text.Single("process_max_fds", "gauge", "Limit of open file descriptors (soft).", MaxFileDescriptors());
        text.Metric("dotnet_gc_collections_total", "counter", "Garbage collections by generation.");
        for (int generation = 0; generation <= GC.MaxGeneration; generation++)
        {
            int older = generation == GC.MaxGeneration ? 0 : GC.CollectionCount(generation + 1);
            text.Sample("dotnet_gc_collections_total", $"{{generation=\"{generation}\"}}", GC.CollectionCount(generation) - older);
        }

        text.Single("dotnet_gc_pause_seconds_total", "counter", "Time all threads were paused for collections.", GC.GetTotalPauseDuration().TotalSeconds);
        text.Single("dotnet_gc_heap_bytes", "gauge", "Managed heap in use.", GC.GetTotalMemory(forceFullCollection: false));
        text.Single("dotnet_gc_allocated_bytes_total", "counter", "Managed bytes allocated.", GC.GetTotalAllocatedBytes());
        text.Single("dotnet_thread_pool_threads", "gauge", "Threads of the pool.", ThreadPool.ThreadCount);
    }

    internal static double UnixSeconds(DateTime time) =>
        (time.ToUniversalTime() - DateTime.UnixEpoch).TotalSeconds;

    private static double MaxFileDescriptors()
    {
        string line = File.ReadLines("/proc/self/limits").First(l => l.StartsWith("Max open files", StringComparison.Ordinal));
        string soft = line["Max open files".Length..].Split(' ', StringSplitOptions.RemoveEmptyEntries)[0];
        return double.TryParse(soft, CultureInfo.InvariantCulture, out double limit) ? limit : double.PositiveInfinity;
    }
}

/// <summary>Writes the Prometheus text format, version 0.0.4.</summary>
internal readonly struct PrometheusText(IBufferWriter<byte> output)
{
    public void Metric(string name, string type, string help) => Write($"# HELP {name} {help}\n# TYPE {name} {type}\n");

    /// <param name="labels">With its braces; empty for none.</param>
    public void Sample(string name, string labels, double value) => Write(
        $"{name}{labels} {(double.IsPositiveInfinity(value) ? "+Inf" : value.ToString("R", CultureInfo.InvariantCulture))}\n");

    public void Single(string name, string type, string help, double value)
    {
        Metric(name, type, help);
        Sample(name, "", value);
    }

    private void Write(string text) => Encoding.UTF8.GetBytes(text, output);
}
