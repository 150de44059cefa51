using System.Text.Json.Nodes;
using NodeAgent.Controller;

namespace NodeAgent.Agent;

/// <summary>Problems of objects as a JSON list; what a problem does not know is left out.</summary>
internal static class ProblemJson
{
    public static JsonArray Of(IEnumerable<Problem> problems) => [.. problems.Select(Of)];

    private static JsonObject Of(Problem problem)
    {
        var json = new JsonObject();
        if (problem.File.Length > 0)
        {
            json["file"] = problem.File;
        }

        if (problem.Line > 0)
        {
            json["line"] = problem.Line;
        }

        if (problem.Subject.Length > 0)
        {
            json["object"] = problem.Subject;
        }

        if (problem.Field.Length > 0)
        {
            json["field"] = problem.Field;
        }

        json["message"] = problem.Text;
        return json;
    }
}
