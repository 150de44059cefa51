using System.Text.Json.Nodes;
using NodeAgent.Controller;
using NodeAgent.Controller.Sources.Manifests;
using NodeAgent.Translator;
using NodeAgent.Translator.Api;

namespace NodeAgent.Commands;

/// <summary>One problem as <c>check</c> tells it.</summary>
/// <param name="Line">From 1; 0 where a whole file is meant.</param>
/// <param name="Object"><c>KIND [NS/]NAME</c>; empty where no object could be made out.</param>
/// <param name="Part">Of a condition that is not the object's own: <c>listener NAME</c>, <c>parent NAME</c>, <c>ancestor NAME</c>.</param>
/// <param name="Condition"><c>TYPE=STATUS</c>; empty for what cannot be read.</param>
/// <param name="Reason">The condition's, or <see cref="Unreadable"/>.</param>
internal sealed record CheckLine(
    string File, int Line, string Object, string Part, string Field, string Condition, string Reason, string What, string Mend)
{
    /// <summary>The reason of what is refused before any condition can be made.</summary>
    public const string Unreadable = "InvalidManifest";

    /// <summary>In characters, of a file name and of a condition's message.</summary>
    private const int MaxShown = 4096;

    public static CheckLine Of(Problem problem) => new(
        problem.File, problem.Line, problem.Subject, "", problem.Field, "", Unreadable, problem.What, problem.Mend);

    public static IEnumerable<CheckLine> Of(IEnumerable<Finding> findings, ManifestRead read, FieldLines lines)
    {
        var places = new Dictionary<(string, string, string, string), ObjectPlace>();
        for (int i = 0; i < read.Objects.Length; i++)
        {
            ApiObject item = read.Objects[i];
            places[(item.Group, item.Kind, item.Meta.Namespace, item.Meta.Name)] = read.Places[i];
        }

        foreach (Finding finding in findings)
        {
            ObjectPlace? place = places.GetValueOrDefault((finding.Group, finding.Kind, finding.Namespace, finding.Name));
            yield return new CheckLine(
                place?.File ?? "",
                place is null ? 0 : lines.Of(place, finding.Field),
                finding.Owner,
                finding.Part,
                finding.Field,
                $"{finding.Condition}={finding.Status}",
                finding.Reason,
                finding.What,
                finding.Mend);
        }
    }

    /// <summary><c>file:line object field: what (reason), mend</c></summary>
    public override string ToString()
    {
        string file = FieldPath.OneLine(File, MaxShown);
        string place = Line > 0 ? $"{file}:{Line}" : file;
        string head = string.Join(' ', new[] { place, Object, Field }.Where(part => part.Length > 0));
        string reason = Reason == Unreadable ? "" : $" ({Reason})";
        string mend = Mend.Length == 0 || What.Contains(Mend, StringComparison.Ordinal) ? "" : $", {Mend}";
        return $"{head}: {FieldPath.OneLine(What, MaxShown)}{reason}{mend}";
    }

    /// <summary>What is not known is left out.</summary>
    public JsonObject ToJson()
    {
        var json = new JsonObject();
        Add("file", File);
        if (Line > 0)
        {
            json["line"] = Line;
        }

        Add("object", Object);
        Add("part", Part);
        Add("field", Field);
        Add("condition", Condition);
        Add("reason", Reason);
        Add("what", What);
        Add("mend", Mend);
        return json;

        void Add(string name, string value)
        {
            if (value.Length > 0)
            {
                json[name] = value;
            }
        }
    }
}
