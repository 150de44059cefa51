namespace NodeAgent.Conformance.Tests.Suite;

/// <summary>
/// What cannot pass yet, by name and reason: lines of pending.txt with a tab between. A name is a test's, or a base
/// Gateway's that cannot get ready, as <c>Gateway NS/NAME</c>.
/// </summary>
internal static class PendingTests
{
    public static IReadOnlyDictionary<string, string> Reasons { get; } =
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "pending.txt"))
            .Where(line => line.Length > 0 && !line.StartsWith('#'))
            .Select(line => line.Split('\t', 2))
            .ToDictionary(parts => parts[0], parts => parts is [_, string reason] ? reason : "", StringComparer.Ordinal);

    public static bool Contains(string name) => Reasons.ContainsKey(name);
}
