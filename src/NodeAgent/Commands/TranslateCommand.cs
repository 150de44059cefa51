using System.CommandLine;
using System.Text.Json.Nodes;
using NodeAgent.Agent;
using NodeAgent.Controller;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Snapshot;
using NodeAgent.Translator;

namespace NodeAgent.Commands;

/// <summary><c>nodeagent translate --manifests DIR</c>: what a folder means, offline, all listeners taken as bound.</summary>
internal static class TranslateCommand
{
    public static Command Create(CommandContext context)
    {
        var snapshot = new Option<bool>("--snapshot") { Description = "Print only what the data plane would be given." };
        var status = new Option<bool>("--status") { Description = "Print only the objects that have a status." };
        var command = new Command("translate", "Print the configuration and the statuses that a folder of manifests means.");
        var flags = new OfflineFlags(context, command, "yaml", "json");
        command.Add(snapshot);
        command.Add(status);
        command.Validators.Add(result =>
        {
            if (result.GetValue(snapshot) && result.GetValue(status))
            {
                result.AddError("--snapshot and --status exclude each other; without either both are printed");
            }
        });
        command.SetAction(parsed =>
        {
            ManifestRead read = new ManifestFolder(flags.Folder(parsed)).Read();
            return Run(
                context,
                read,
                flags.State(parsed, read),
                parsed.GetValue(snapshot) ? Part.Snapshot : parsed.GetValue(status) ? Part.Status : Part.Both,
                yaml: flags.Output(parsed) == "yaml");
        });
        return command;
    }

    internal enum Part
    {
        Both,
        Snapshot,
        Status,
    }

    /// <returns><see cref="ExitCode.Finding"/> when any object or file is rejected; the rest is printed nevertheless.</returns>
    internal static int Run(CommandContext context, ManifestRead read, ClusterState state, Part part, bool yaml)
    {
        foreach (Problem problem in read.Problems)
        {
            context.Error.WriteLine(problem);
        }

        foreach (IgnoredKind ignored in read.Ignored)
        {
            context.Error.WriteLine(ignored);
        }

        Translation translation = GatewayTranslator.Translate(state);
        JsonNode Snapshot() => JsonNode.Parse(SnapshotCodec.ToPrintableJson(translation.Snapshot))!;
        JsonNode Status() => StatusJson.Of(translation.Statuses);
        JsonNode printed = part switch
        {
            Part.Snapshot => Snapshot(),
            Part.Status => Status(),
            _ => new JsonObject { ["snapshot"] = Snapshot(), ["status"] = Status() },
        };
        StructuredOutput.Write(context.Out, printed, yaml);
        return read.Problems.IsEmpty ? ExitCode.Ok : ExitCode.Finding;
    }
}
