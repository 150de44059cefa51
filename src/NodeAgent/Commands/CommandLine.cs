using System.CommandLine;
using System.CommandLine.Parsing;

namespace NodeAgent.Commands;

/// <summary>The whole command line: one verb a file, flags shared by all verbs here.</summary>
internal static class CommandLine
{
    public static async Task<int> RunAsync(string[] args, CommandContext context, CancellationToken cancel = default)
    {
        ParseResult parsed = Create(context).Parse(args);
        if (parsed.Errors.Count > 0)
        {
            foreach (ParseError error in parsed.Errors)
            {
                await context.Error.WriteLineAsync(error.Message);
            }

            await context.Error.WriteLineAsync($"See '{Path(parsed.CommandResult)} --help'.");
            return ExitCode.Usage;
        }

        return await parsed.InvokeAsync(
            new InvocationConfiguration
            {
                Output = context.Out,
                Error = context.Error,
                EnableDefaultExceptionHandler = false,
                // `run` drains on a signal for as long as --drain-timeout says, so it takes the signals itself.
                ProcessTerminationTimeout = null,
            },
            cancel);
    }

    private static RootCommand Create(CommandContext context)
    {
        var log = new LogFlags(context);
        return new RootCommand("NodeAgent: a Gateway API data plane for one node.")
        {
            log.Level,
            log.Format,
            RunCommand.Create(context, log),
            StatusCommand.Create(context),
            TranslateCommand.Create(context),
            CheckCommand.Create(context),
            VersionCommand.Create(context),
        };
    }

    private static string Path(CommandResult command) =>
        command.Parent is CommandResult parent ? $"{Path(parent)} {command.Command.Name}" : "nodeagent";
}
