using System.CommandLine;
using NodeAgent.Agent;

namespace NodeAgent.Commands;

/// <summary><c>nodeagent version</c></summary>
internal static class VersionCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("version", "Print the version, and what it runs on.");
        command.SetAction(_ => Run(context));
        return command;
    }

    internal static int Run(CommandContext context)
    {
        context.Out.WriteLine($"nodeagent {BuildInfo.Version} (commit {BuildInfo.Commit}, .NET {System.Environment.Version}, "
            + $"{System.Runtime.InteropServices.RuntimeInformation.OSDescription})");
        return ExitCode.Ok;
    }
}
