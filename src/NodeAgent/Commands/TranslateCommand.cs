using System.Collections.Immutable;
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
        Option<string?> manifests = ManifestFlags.Folder(context);
        Option<ImmutableArray<string>> pools = ManifestFlags.AddressPools(context);
        Option<string> output = Flag.Create(
            context, "--output", "FORMAT", "yaml or json.", "yaml", FlagParsers.OneOf("yaml", "json"));
        output.Aliases.Add("-o");
        var snapshot = new Option<bool>("--snapshot") { Description = "Print only what the data plane would be given." };
        var status = new Option<bool>("--status") { Description = "Print only the objects that have a status." };
        var command = new Command("translate", "Print the configuration and the statuses that a folder of manifests means.")
        {
            manifests, pools, output, snapshot, status,
        };
        command.Validators.Add(result =>
        {
            if (result.GetValue(snapshot) && result.GetValue(status))
            {
                result.AddError("--snapshot and --status exclude each other; without either both are printed");
            }
        });
        command.SetAction(parsed => Run(
            context,
            new ManifestFolder(parsed.GetValue(manifests)!).Read(),
            parsed.GetValue(pools),
            parsed.GetValue(snapshot) ? Part.Snapshot : parsed.GetValue(status) ? Part.Status : Part.Both,
            yaml: parsed.GetValue(output) == "yaml"));
        return command;
    }

    internal enum Part
    {
        Both,
        Snapshot,
        Status,
    }

    /// <returns><see cref="ExitCode.Finding"/> when any object or file is rejected; the rest is printed nevertheless.</returns>
    internal static int Run(
        CommandContext context, ManifestRead read, ImmutableArray<string> pools, Part part, bool yaml)
    {
        foreach (Problem problem in read.Problems)
        {
            context.Error.WriteLine(problem);
        }

        foreach (IgnoredKind ignored in read.Ignored)
        {
            context.Error.WriteLine(ignored);
        }

        Translation translation = Translate(read, pools);
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

    internal static Translation Translate(ManifestRead read, ImmutableArray<string> pools) =>
        GatewayTranslator.Translate(new ClusterState
        {
            Objects = read.Objects,
            Addresses = AddressSpace.None with { Pools = pools },
            Features = ServedFeatures.Today,
        });
}
