using System.Collections.Immutable;
using System.CommandLine;
using System.Text.Json.Nodes;
using NodeAgent.Agent;
using NodeAgent.Controller;
using NodeAgent.Controller.Sources.Manifests;

namespace NodeAgent.Commands;

/// <summary>
/// <c>nodeagent check --manifests DIR</c>: everything that is wrong with a folder, a line each: first what cannot be
/// read, then what can be read but would not be served.
/// </summary>
internal static class CheckCommand
{
    public static Command Create(CommandContext context)
    {
        Option<string?> manifests = ManifestFlags.Folder(context);
        Option<ImmutableArray<string>> pools = ManifestFlags.AddressPools(context);
        Option<string> output = Flag.Create(
            context, "--output", "FORMAT", "text or json.", "text", FlagParsers.OneOf("text", "json"));
        output.Aliases.Add("-o");
        var command = new Command("check", "Print one line per problem of a folder of manifests; exit 1 if there is any.")
        {
            manifests, pools, output,
        };
        command.SetAction(parsed => Run(
            context,
            new ManifestFolder(parsed.GetValue(manifests)!).Read(),
            parsed.GetValue(pools),
            json: parsed.GetValue(output) == "json"));
        return command;
    }

    /// <returns><see cref="ExitCode.Finding"/> when anything is wrong.</returns>
    internal static int Run(CommandContext context, ManifestRead read, ImmutableArray<string> pools, bool json)
    {
        ImmutableArray<ConditionFinding> findings = [.. ConditionFinding.In(TranslateCommand.Translate(read, pools).Statuses)];
        if (json)
        {
            JsonArray list = ProblemJson.Of(read.Problems);
            foreach (ConditionFinding finding in findings)
            {
                list.Add(new JsonObject
                {
                    ["object"] = finding.Subject,
                    ["condition"] = finding.Type,
                    ["status"] = finding.Status,
                    ["reason"] = finding.Reason,
                    ["message"] = finding.Message,
                });
            }

            StructuredOutput.Write(context.Out, list, yaml: false);
        }
        else
        {
            foreach (object line in read.Problems.Cast<object>().Concat(findings))
            {
                context.Out.WriteLine(line);
            }
        }

        foreach (IgnoredKind ignored in read.Ignored)
        {
            context.Error.WriteLine(ignored);
        }

        return read.Problems.IsEmpty && findings.IsEmpty ? ExitCode.Ok : ExitCode.Finding;
    }
}
