using System.Text.Json.Nodes;
using NodeAgent.Translator;
using Spectre.Console;

namespace NodeAgent.Commands;

/// <summary>Statuses as a table: a line per object, per listener of a Gateway and per parent of a route.</summary>
internal static class StatusTable
{
    private static readonly string[] Headings = ["KIND", "NAMESPACE/NAME", "ADDRESSES/PARENTS", "CONDITIONS"];

    public static void Write(TextWriter output, JsonArray objects)
    {
        IAnsiConsole console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output) });
        if (ReferenceEquals(output, Console.Out) && !Console.IsOutputRedirected)
        {
            WriteTable(console, objects);
        }
        else
        {
            // What a script reads is never wrapped to the width of somebody's terminal.
            console.Profile.Width = 1000;
            WriteTable(console, objects);
        }
    }

    internal static IEnumerable<string[]> Rows(JsonArray objects)
    {
        foreach (JsonNode? item in objects)
        {
            JsonNode status = item!["status"] ?? new JsonObject();
            string kind = FindingReader.KindName(Text(item["kind"]), Text(item["apiVersion"]));
            string name = item["metadata"]?["namespace"] is JsonNode ns
                ? $"{Text(ns)}/{Text(item["metadata"]?["name"])}"
                : Text(item["metadata"]?["name"]);
            if ((status["parents"] ?? status["gateways"]) is JsonArray parents)
            {
                string[] head = [kind, name];
                foreach (JsonNode? parent in parents)
                {
                    JsonNode reference = (parent!["parentRef"] ?? parent["gatewayRef"])!;
                    yield return [head[0], head[1], FindingReader.ParentName(reference), Conditions(parent["conditions"])];
                    head = ["", ""];
                }

                continue;
            }

            yield return [kind, name, Addresses(status["addresses"]), Conditions(status["conditions"])];
            foreach (JsonNode? listener in status["listeners"] as JsonArray ?? [])
            {
                string routes = listener!["attachedRoutes"] is JsonNode count ? $"{Text(count)} routes" : "-";
                yield return ["", $"  listener {FindingReader.ListenerName(listener)}", routes, Conditions(listener["conditions"])];
            }
        }
    }

    private static void WriteTable(IAnsiConsole console, JsonArray objects)
    {
        var table = new Table { Border = TableBorder.None, ShowRowSeparators = false };
        foreach (string heading in Headings)
        {
            table.AddColumn(new TableColumn(heading) { Padding = new Padding(0, 0, 3, 0) });
        }

        foreach (string[] row in Rows(objects))
        {
            table.AddRow(row.Select(cell => new Text(cell)));
        }

        console.Write(table);
    }

    private static string Addresses(JsonNode? addresses) =>
        addresses is JsonArray { Count: > 0 } list ? string.Join(",", list.Select(a => Text(a!["value"]))) : "-";

    /// <summary>Good conditions by name alone, bad ones with their reason: <c>Accepted, ResolvedRefs=False(BackendNotFound)</c>.</summary>
    private static string Conditions(JsonNode? conditions)
    {
        var parts = new List<string>();
        foreach (JsonNode? condition in conditions as JsonArray ?? [])
        {
            string type = Text(condition!["type"]);
            string status = Text(condition["status"]);
            if (!ConditionMeaning.IsGood(type, status))
            {
                parts.Add($"{type}={status}({Text(condition["reason"])})");
            }
            else if (!ConditionMeaning.IsFault(type))
            {
                parts.Add(type);
            }
        }

        return parts.Count == 0 ? "-" : string.Join(", ", parts);
    }

    private static string Text(JsonNode? node) => node?.ToString() ?? "";
}
