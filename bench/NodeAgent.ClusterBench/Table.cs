using System.Collections.Immutable;

namespace NodeAgent.ClusterBench;

/// <summary>What a test came to, as Markdown.</summary>
internal sealed record Table(string Title, ImmutableArray<string> Columns, ImmutableArray<ImmutableArray<string>> Rows)
{
    /// <summary>One that has the rows of both.</summary>
    public Table With(Table more) => this with { Rows = [.. Rows, .. more.Rows] };

    /// <summary>One with a further column, which says the same in each row.</summary>
    public Table With(string column, string cell) => this with { Columns = Columns.Add(column), Rows = [.. Rows.Select(r => r.Add(cell))] };

    public override string ToString() => string.Join('\n', [
        $"## {Title}",
        "",
        Line(Columns),
        Line([.. Columns.Select(_ => "---")]),
        .. Rows.Select(Line),
        "",
    ]);

    private static string Line(ImmutableArray<string> cells) => $"| {string.Join(" | ", cells)} |";
}
