using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Reading;

/// <summary>A labelSelector of a query: <c>a=b,c!=d,e in (f,g),h notin (i),j,!k</c>.</summary>
internal sealed partial class LabelSelector
{
    private readonly ImmutableArray<Requirement> requirements;

    private LabelSelector(ImmutableArray<Requirement> requirements) => this.requirements = requirements;

    private enum Operator
    {
        Exists,
        Absent,
        In,
        NotIn,
        Greater,
        Less,
    }

    /// <exception cref="ApiRefusal">400: not a selector.</exception>
    public static LabelSelector Parse(string text)
    {
        var found = ImmutableArray.CreateBuilder<Requirement>();
        foreach (string part in Split(text))
        {
            Match match = Term().Match(part);
            if (!match.Success)
            {
                throw Refusals.BadRequest($"unable to parse requirement: found '{part}', expected: identifier");
            }

            string key = match.Groups["key"].Value;
            if (match.Groups["not"].Success)
            {
                found.Add(new Requirement(key, Operator.Absent, []));
            }
            else if (match.Groups["set"].Success)
            {
                found.Add(new Requirement(key, match.Groups["set"].Value == "in" ? Operator.In : Operator.NotIn, [.. match.Groups["values"].Value.Split(',').Select(v => v.Trim())]));
            }
            else if (match.Groups["op"].Success)
            {
                Operator kind = match.Groups["op"].Value switch
                {
                    "!=" => Operator.NotIn,
                    ">" => Operator.Greater,
                    "<" => Operator.Less,
                    _ => Operator.In,
                };
                found.Add(new Requirement(key, kind, [match.Groups["value"].Value]));
            }
            else
            {
                found.Add(new Requirement(key, Operator.Exists, []));
            }
        }

        return new LabelSelector(found.ToImmutable());
    }

    public bool Matches(JsonObject? labels) => requirements.All(r => r.Matches(labels.Text(r.Key)));

    private static IEnumerable<string> Split(string text)
    {
        int depth = 0;
        int start = 0;
        for (int i = 0; i <= text.Length; i++)
        {
            if (i == text.Length || (text[i] == ',' && depth == 0))
            {
                string part = text[start..i].Trim();
                if (part.Length > 0)
                {
                    yield return part;
                }

                start = i + 1;
            }
            else
            {
                depth += text[i] == '(' ? 1 : text[i] == ')' ? -1 : 0;
            }
        }
    }

    [GeneratedRegex(@"^(?:(?<not>!)\s*)?(?<key>[A-Za-z0-9](?:[-A-Za-z0-9_./]*[A-Za-z0-9])?)(?:\s+(?<set>in|notin)\s*\((?<values>[^()]*)\)|\s*(?<op>==|=|!=|>|<)\s*(?<value>[-A-Za-z0-9_.]*))?$")]
    private static partial Regex Term();

    private sealed record Requirement(string Key, Operator Operator, ImmutableArray<string> Values)
    {
        public bool Matches(string? value) => Operator switch
        {
            Operator.Exists => value is not null,
            Operator.Absent => value is null,
            Operator.In => value is not null && Values.Contains(value),
            Operator.NotIn => value is null || !Values.Contains(value),
            Operator.Greater => long.TryParse(value, out long v) && long.TryParse(Values[0], out long bound) && v > bound,
            _ => long.TryParse(value, out long v) && long.TryParse(Values[0], out long bound) && v < bound,
        };
    }
}
