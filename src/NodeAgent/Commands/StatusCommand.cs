using System.CommandLine;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.Commands;

/// <summary><c>nodeagent status</c>: what a running nodeagent says of the objects it was given.</summary>
internal static class StatusCommand
{
    public static Command Create(CommandContext context)
    {
        Option<Uri?> admin = Flag.Create<Uri?>(
            context, "--admin", "URL", "The admin address of a running nodeagent.", new Uri("http://127.0.0.1:9811"), FlagParsers.HttpUrl);
        Option<string> output = Flag.Create(
            context, "--output", "FORMAT", "table, json or yaml.", "table", FlagParsers.OneOf("table", "json", "yaml"));
        output.Aliases.Add("-o");
        var command = new Command("status", "Show the status of every Gateway and route of a running nodeagent.") { admin, output };
        command.SetAction((parsed, cancel) =>
            RunAsync(context, parsed.GetValue(admin)!, parsed.GetValue(output)!, cancel));
        return command;
    }

    /// <returns><see cref="ExitCode.Finding"/> when no nodeagent answers.</returns>
    internal static async Task<int> RunAsync(CommandContext context, Uri admin, string output, CancellationToken cancel)
    {
        JsonArray objects;
        try
        {
            using var client = new HttpClient { Timeout = TimeSpan.FromSeconds(5) };
            objects = (JsonArray)JsonNode.Parse(await client.GetStringAsync(new Uri(admin, "/objects"), cancel))!;
        }
        catch (Exception e) when (e is HttpRequestException or TaskCanceledException or JsonException or InvalidCastException)
        {
            await context.Error.WriteLineAsync($"no nodeagent answers at {admin}: {e.Message}");
            return ExitCode.Finding;
        }

        if (output == "table")
        {
            StatusTable.Write(context.Out, objects);
        }
        else
        {
            StructuredOutput.Write(context.Out, objects, yaml: output == "yaml");
        }

        return ExitCode.Ok;
    }
}
