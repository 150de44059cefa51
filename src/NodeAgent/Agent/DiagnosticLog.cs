using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace NodeAgent.Agent;

/// <summary>
/// Diagnostics as lines on one writer, as text or JSON. Small on purpose: the console logger of
/// Microsoft.Extensions.Logging costs a thread and a tenth of our start-up time.
/// </summary>
internal sealed class DiagnosticLog(TextWriter output, LogLevel least, bool json) : ILoggerFactory
{
    private static readonly JsonWriterOptions JsonOptions = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _lock = new();

    private bool IsJson => json;

    /// <summary>Libraries (everything not of this house) are heard from warnings on.</summary>
    public ILogger CreateLogger(string categoryName) => new Category(
        this,
        categoryName,
        categoryName.StartsWith("NodeAgent.", StringComparison.Ordinal) || least > LogLevel.Warning ? least : LogLevel.Warning);

    public void AddProvider(ILoggerProvider provider) => throw new NotSupportedException("lines go to one writer only");

    public void Dispose() => output.Flush();

    private void Write(string line)
    {
        lock (_lock)
        {
            output.WriteLine(line);
            output.Flush();
        }
    }

    private static string TextLine(LogLevel level, string message) =>
        $"{DateTime.UtcNow.ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture)} {NameOf(level),-5} {message}";

    /// <summary>ts, level, msg, then the placeholders of the message under their own names.</summary>
    private static string JsonLine<TState>(LogLevel level, string message, TState state)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var writer = new Utf8JsonWriter(buffer, JsonOptions);
        writer.WriteStartObject();
        writer.WriteString("ts", DateTime.UtcNow.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        writer.WriteString("level", NameOf(level));
        writer.WriteString("msg", message);
        if (state is IReadOnlyList<KeyValuePair<string, object?>> fields)
        {
            foreach ((string name, object? value) in fields)
            {
                if (name != "{OriginalFormat}")
                {
                    writer.WriteString(JsonNamingPolicy.CamelCase.ConvertName(name), Convert.ToString(value, CultureInfo.InvariantCulture));
                }
            }
        }

        writer.WriteEndObject();
        writer.Flush();
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private static string NameOf(LogLevel level) => level switch
    {
        LogLevel.Trace => "trace",
        LogLevel.Debug => "debug",
        LogLevel.Information => "info",
        LogLevel.Warning => "warn",
        _ => "error",
    };

    private sealed class Category(DiagnosticLog log, string name, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            if (!IsEnabled(logLevel))
            {
                return;
            }

            string message = formatter(state, exception);
            if (exception is not null)
            {
                message = $"{message} ({name}: {exception})";
            }

            log.Write(log.IsJson ? JsonLine(logLevel, message, state) : TextLine(logLevel, message));
        }
    }
}
