using System.CommandLine;
using Microsoft.Extensions.Logging;
using NodeAgent.Agent;

namespace NodeAgent.Commands;

/// <summary>--log-level and --log-format, which every verb takes.</summary>
internal sealed class LogFlags
{
    private readonly CommandContext _context;

    public LogFlags(CommandContext context)
    {
        _context = context;
        Level = Flag.Create(
            context, "--log-level", "LEVEL", "Least level of diagnostics: trace, debug, info, warn, error.", "info",
            FlagParsers.OneOf("trace", "debug", "info", "warn", "error"));
        Format = Flag.Create(
            context, "--log-format", "FORMAT", "How diagnostics are written: text or json (one object a line).", "text",
            FlagParsers.OneOf("text", "json"));
        Level.Recursive = Format.Recursive = true;
    }

    public Option<string> Level { get; }

    public Option<string> Format { get; }

    public DiagnosticLog CreateLog(ParseResult parsed) => new(
        _context.Error,
        parsed.GetValue(Level) switch
        {
            "trace" => LogLevel.Trace,
            "debug" => LogLevel.Debug,
            "warn" => LogLevel.Warning,
            "error" => LogLevel.Error,
            _ => LogLevel.Information,
        },
        parsed.GetValue(Format) == "json");
}
