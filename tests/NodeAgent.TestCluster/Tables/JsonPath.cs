using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tables;

/// <summary>
/// The paths that printer columns use: fields, <c>[0]</c>, <c>[*]</c>, <c>['a.b']</c>, <c>\.</c> in names,
/// and filters such as <c>[?(@.type=="Programmed")]</c>.
/// </summary>
internal sealed class JsonPath
{
    private readonly ImmutableArray<Step> _steps;

    private JsonPath(ImmutableArray<Step> steps) => _steps = steps;

    private enum StepKind
    {
        Field,
        Index,
        All,
        Filter,
    }

    /// <returns>Null when it is no such path.</returns>
    public static JsonPath? Parse(string path)
    {
        string text = path.Trim();
        if (text.StartsWith('{') && text.EndsWith('}'))
        {
            text = text[1..^1];
        }

        if (text.StartsWith('$'))
        {
            text = text[1..];
        }

        ImmutableArray<Step>.Builder steps = ImmutableArray.CreateBuilder<Step>();
        int at = 0;
        while (at < text.Length)
        {
            Step? step = text[at] == '[' ? ReadBracket(text, ref at) : text[at] == '.' || at == 0 ? ReadField(text, ref at) : null;
            if (step is null)
            {
                return null;
            }

            steps.Add(step);
        }

        return steps.Count == 0 ? null : new JsonPath(steps.ToImmutable());
    }

    /// <summary>What is found, in order; a field that is not there is nothing.</summary>
    public IEnumerable<JsonNode> Find(JsonNode root)
    {
        IEnumerable<JsonNode> found = [root];
        foreach (Step step in _steps)
        {
            found = found.SelectMany(step.Apply);
        }

        return found;
    }

    private static Step? ReadField(string text, ref int at)
    {
        if (text[at] == '.')
        {
            at++;
        }

        System.Text.StringBuilder name = new();
        while (at < text.Length && text[at] is not ('.' or '['))
        {
            if (text[at] == '\\' && at + 1 < text.Length)
            {
                at++;
            }

            name.Append(text[at++]);
        }

        return name.Length == 0 ? null : name.ToString() == "*" ? new Step(StepKind.All) : new Step(StepKind.Field, name.ToString());
    }

    private static Step? ReadBracket(string text, ref int at)
    {
        int end = text.IndexOf(text.AsSpan(at).StartsWith("[?(") ? ")]" : "]", at, StringComparison.Ordinal);
        if (end < 0)
        {
            return null;
        }

        string inside = text[(at + 1)..end];
        at = end + (inside.StartsWith("?(", StringComparison.Ordinal) ? 2 : 1);
        if (inside == "*")
        {
            return new Step(StepKind.All);
        }

        if (inside.StartsWith("?(", StringComparison.Ordinal))
        {
            return ReadFilter(inside[2..]);
        }

        if (inside.Length >= 2 && inside[0] is '\'' or '"')
        {
            return new Step(StepKind.Field, inside[1..^1]);
        }

        return int.TryParse(inside, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int index) ? new Step(StepKind.Index) { Index = index } : null;
    }

    private static Step? ReadFilter(string text)
    {
        bool equal = true;
        int split = text.IndexOf("==", StringComparison.Ordinal);
        if (split < 0)
        {
            equal = false;
            split = text.IndexOf("!=", StringComparison.Ordinal);
        }

        string left = (split < 0 ? text : text[..split]).Trim();
        if (!left.StartsWith("@.", StringComparison.Ordinal) || Parse(left[1..]) is not { } path)
        {
            return null;
        }

        // Without a comparison, what has the field is meant.
        return new Step(StepKind.Filter) { Path = path, Equal = equal, Literal = split < 0 ? null : text[(split + 2)..].Trim().Trim('\'', '"') };
    }

    private sealed record Step(StepKind Kind, string Name = "")
    {
        public int Index { get; init; }

        public JsonPath? Path { get; init; }

        public bool Equal { get; init; }

        public string? Literal { get; init; }

        public IEnumerable<JsonNode> Apply(JsonNode node) => (Kind, node) switch
        {
            (StepKind.Field, JsonObject item) => item[Name] is { } child ? [child] : [],
            (StepKind.Index, JsonArray list) => list.ElementAtOrDefault(Index < 0 ? list.Count + Index : Index) is { } child ? [child] : [],
            (StepKind.All, JsonArray list) => list.OfType<JsonNode>(),
            (StepKind.All, JsonObject item) => item.Select(pair => pair.Value).OfType<JsonNode>(),
            (StepKind.Filter, JsonArray list) => list.OfType<JsonNode>().Where(Passes),
            _ => [],
        };

        private bool Passes(JsonNode child)
        {
            JsonNode? value = Path!.Find(child).FirstOrDefault();
            return Literal is null ? value is not null : value is not null && Show(value) == Literal == Equal;
        }

        private static string Show(JsonNode value) =>
            value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
    }
}
