using System.Buffers;
using NodeAgent.Controller;

namespace NodeAgent.Agent;

/// <summary>What is configured, when it was applied and what was rejected, in the Prometheus text format.</summary>
internal sealed class ConfigMetrics
{
    private readonly Lock _lock = new();
    private readonly SortedDictionary<string, long> _rejected = new(StringComparer.Ordinal);
    private HashSet<Problem> _known = [];

    /// <summary>Counts the problems that the view before this one did not have.</summary>
    public void Observe(ReconcilerView view)
    {
        // Lines move with every edit above them; that alone makes no new problem.
        HashSet<Problem> now = [.. view.Problems.Select(p => p with { Line = 0 })];
        lock (_lock)
        {
            foreach (Problem problem in now.Where(p => !_known.Contains(p)))
            {
                _rejected[KindOf(problem)] = _rejected.GetValueOrDefault(KindOf(problem)) + 1;
            }

            _known = now;
        }
    }

    public void Write(IBufferWriter<byte> output, ReconcilerView view)
    {
        var text = new PrometheusText(output);
        text.Single("config_generation", "gauge", "Views of the configuration since the start of the process.", view.Generation);
        text.Single(
            "config_last_applied_timestamp_seconds", "gauge", "When the data plane last took a snapshot, Unix seconds; 0 before the first.",
            view.AppliedAt.ToUnixTimeMilliseconds() / 1000.0);
        text.Single("config_resources", "gauge", "Resources of the snapshot that is served.", view.Translation.Snapshot.Resources.Length);
        text.Single("config_problems", "gauge", "Mistakes in manifests or objects at the moment.", view.Problems.Length);
        text.Metric("config_rejected_total", "counter", "Mistakes met in manifests or objects, by kind of object; file: a whole file.");
        lock (_lock)
        {
            foreach ((string kind, long count) in _rejected)
            {
                text.Sample("config_rejected_total", $"{{kind=\"{kind}\"}}", count);
            }
        }
    }

    /// <summary>Only letters, since the kind of a broken manifest may be any text and this is a label.</summary>
    private static string KindOf(Problem problem)
    {
        string kind = problem.Subject.Split(' ')[0];
        return kind.Length == 0 ? (problem.File.Length > 0 ? "file" : "cluster") : kind.All(char.IsAsciiLetterOrDigit) ? kind : "other";
    }
}
