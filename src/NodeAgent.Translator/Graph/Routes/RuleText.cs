using System.Collections.Immutable;
using System.Text.RegularExpressions;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using ValueMatch = NodeAgent.Snapshot.ValueMatch;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>What rules of HTTPRoute and GRPCRoute have in common.</summary>
internal readonly record struct RuleText(
    int Index, string? Name, ImmutableArray<HttpRouteFilter> Filters, ImmutableArray<BackendRef> Backends)
{
    private RulePlace Place => new(Index);

    public CompiledRule Drop(Problem problem) =>
        new(Index, Name, problem with { Field = problem.Field ?? Place.ToString() }, [], new CompiledFilters(Filters, new HttpFilters()), Backends, []);

    public CompiledRule Compile(ImmutableArray<HttpMatch> matches, ObjectIndex index)
    {
        CompiledFilters filters = HttpFilterCompilation.OfRule(Filters, matches, Backends, Place, index);
        if (filters.Dropped is not null)
        {
            return Drop(filters.Dropped);
        }

        var ofBackends = ImmutableArray.CreateBuilder<CompiledFilters>(Backends.Length);
        for (int i = 0; i < Backends.Length; i++)
        {
            CompiledFilters own = HttpFilterCompilation.OfBackend(Backends[i].Filters, matches, filters, new RulePlace(Index, i), index);
            if (own.Dropped is not null)
            {
                return Drop(own.Dropped);
            }

            ofBackends.Add(own);
        }

        return new CompiledRule(Index, Name, null, matches, filters, Backends, ofBackends.MoveToImmutable());
    }

    /// <summary>The first problem among items of a list of the rule, with its place.</summary>
    public Problem? FirstOf<T>(ImmutableArray<T> items, string field, Func<T, Problem?> check)
    {
        for (int i = 0; i < items.Length; i++)
        {
            if (check(items[i]) is Problem problem)
            {
                return problem with { Field = problem.Field ?? $"{Place}.{field}[{i}]" };
            }
        }

        return null;
    }

    public static Problem? Check(NamedMatch match) => match.Type switch
    {
        "Exact" => null,
        "RegularExpression" => CheckPattern(match.Value),
        _ => new Problem(Reasons.UnsupportedValue, $"match type {match.Type} of {match.Name} is not served"),
    };

    /// <summary>
    /// Must compile by itself and between anchors: a pattern like "a)|(b" does only one of the two, and would
    /// match more than the whole value.
    /// </summary>
    public static Problem? CheckPattern(string pattern)
    {
        try
        {
            _ = new Regex(pattern, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            _ = new Regex($"^(?:{pattern})$", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return null;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            return new Problem(Reasons.UnsupportedValue, $"regular expression \"{pattern}\" cannot be used: {e.Message.TrimEnd('.')}");
        }
    }

    /// <summary>Names are compared case-insensitively, and of equal ones the first counts.</summary>
    public static ImmutableArray<ValueMatch> Headers(ImmutableArray<NamedMatch> headers) =>
        [.. headers.Select(h => Value(h, h.Name.ToLowerInvariant())).DistinctBy(h => h.Name)];

    public static ValueMatch Value(NamedMatch match, string name) =>
        new(name, match.Type == "Exact" ? ValueMatchType.Exact : ValueMatchType.RegularExpression, match.Value);
}
