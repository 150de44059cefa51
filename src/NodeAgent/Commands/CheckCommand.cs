using System.CommandLine;
using System.Text.Json.Nodes;
using NodeAgent.Controller;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator;

namespace NodeAgent.Commands;

/// <summary>
/// <c>nodeagent check --manifests DIR</c>: everything that is wrong with a folder, a line each, by file and line: what
/// cannot be read, and what can be read but would not be served as written.
/// </summary>
internal static class CheckCommand
{
    public static Command Create(CommandContext context)
    {
        var command = new Command("check", "Print one line per problem of a folder of manifests; exit 1 if there is any.");
        var flags = new OfflineFlags(context, command, "text", "json");
        command.SetAction(parsed =>
        {
            string folder = flags.Folder(parsed);
            ManifestRead read = new ManifestFolder(folder).Read();
            return Run(context, read, flags.State(parsed, read), new FieldLines(folder), json: flags.Output(parsed) == "json");
        });
        return command;
    }

    /// <returns><see cref="ExitCode.Finding"/> when anything is wrong.</returns>
    internal static int Run(CommandContext context, ManifestRead read, ClusterState state, FieldLines lines, bool json)
    {
        CheckLine[] found =
        [
            .. read.Problems.Select(CheckLine.Of)
                .Concat(CheckLine.Of(GatewayTranslator.Check(state), read, lines))
                .OrderBy(line => line.File, StringComparer.Ordinal)
                .ThenBy(line => line.Line),
        ];
        if (json)
        {
            StructuredOutput.Write(context.Out, new JsonArray([.. found.Select(line => line.ToJson())]), yaml: false);
        }
        else
        {
            foreach (CheckLine line in found)
            {
                context.Out.WriteLine(line);
            }
        }

        foreach (IgnoredKind ignored in read.Ignored)
        {
            context.Error.WriteLine(ignored);
        }

        return found.Length == 0 ? ExitCode.Ok : ExitCode.Finding;
    }
}
