namespace NodeAgent.ClusterBench;

/// <summary>What a run came to, as Markdown.</summary>
internal sealed record Table(string Title, string[] Columns, string[][] Rows)
{
    public override string ToString() => string.Join('\n', [
        $"## {Title}",
        "",
        Line(Columns),
        Line([.. Columns.Select(_ => "---")]),
        .. Rows.Select(Line),
        "",
    ]);

    private static string Line(string[] cells) => $"| {string.Join(" | ", cells)} |";
}
