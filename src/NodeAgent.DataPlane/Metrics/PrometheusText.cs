using System.Buffers;
using System.Globalization;
using System.Text;

namespace NodeAgent.DataPlane.Metrics;

/// <summary>Writes the Prometheus text exposition format, version 0.0.4.</summary>
public sealed class PrometheusText(IBufferWriter<byte> output)
{
    /// <param name="type">counter, gauge or histogram.</param>
    public void Family(string name, string type, string help)
    {
        Line($"# HELP {name} {help}");
        Line($"# TYPE {name} {type}");
    }

    public void Sample(string name, double value, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        var line = new StringBuilder(name);
        if (labels.Length > 0)
        {
            line.Append('{');
            for (int i = 0; i < labels.Length; i++)
            {
                line.Append(i == 0 ? "" : ",").Append(labels[i].Name).Append("=\"");
                Escape(line, labels[i].Value);
                line.Append('"');
            }

            line.Append('}');
        }

        Line(line.Append(' ').Append(value.ToString("R", CultureInfo.InvariantCulture)).ToString());
    }

    /// <param name="bounds">Upper bounds, ascending.</param>
    /// <param name="bucket">Observations in bucket i (not cumulated); one more bucket than bounds.</param>
    public void Histogram(
        string name, double[] bounds, Func<int, long> bucket, double sum, params ReadOnlySpan<(string Name, string Value)> labels)
    {
        long count = 0;
        Span<(string Name, string Value)> withBound = [.. labels, ("le", "")];
        for (int i = 0; i <= bounds.Length; i++)
        {
            count += bucket(i);
            withBound[^1] = ("le", i < bounds.Length ? bounds[i].ToString("R", CultureInfo.InvariantCulture) : "+Inf");
            Sample($"{name}_bucket", count, withBound);
        }

        Sample($"{name}_sum", sum, labels);
        Sample($"{name}_count", count, labels);
    }

    private static void Escape(StringBuilder line, string value)
    {
        foreach (char c in value)
        {
            _ = c switch
            {
                '\\' => line.Append("\\\\"),
                '"' => line.Append("\\\""),
                '\n' => line.Append("\\n"),
                _ => line.Append(c),
            };
        }
    }

    private void Line(string text)
    {
        Span<byte> span = output.GetSpan(Encoding.UTF8.GetMaxByteCount(text.Length) + 1);
        int length = Encoding.UTF8.GetBytes(text, span);
        span[length] = (byte)'\n';
        output.Advance(length + 1);
    }
}
