namespace NodeAgent.Commands;

/// <summary>What a verb may touch of its process; tests pass their own.</summary>
/// <param name="Out">Data: what a script would read.</param>
/// <param name="Error">Diagnostics: what a person would read.</param>
/// <param name="Environment">The value of an environment variable, or null.</param>
internal sealed record CommandContext(TextWriter Out, TextWriter Error, Func<string, string?> Environment)
{
    public static CommandContext OfProcess() =>
        new(Console.Out, Console.Error, System.Environment.GetEnvironmentVariable);
}
