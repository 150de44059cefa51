using System.Collections.Immutable;
using System.CommandLine;
using System.CommandLine.Parsing;

namespace NodeAgent.Commands;

/// <summary>Turns the text of a flag into its value, or says what is allowed.</summary>
internal delegate Parsed<T> FlagParser<T>(string text);

/// <param name="Error">What is allowed, when the text is not; then <paramref name="Value"/> means nothing.</param>
internal readonly record struct Parsed<T>(T? Value, string? Error = null);

/// <summary>A flag that is also the environment variable <c>NODEAGENT_NAME_OF_FLAG</c>; the flag wins.</summary>
internal static class Flag
{
    public static Option<T> Create<T>(
        CommandContext context, string name, string valueName, string description, T fallback, FlagParser<T> parse) =>
        new(name)
        {
            HelpName = valueName,
            Description = $"{description} [${VariableOf(name)}]",
            Arity = ArgumentArity.ExactlyOne,
            CustomParser = result => Value(result, name, result.Tokens[0].Value, parse)!,
            DefaultValueFactory = result => context.Environment(VariableOf(name)) is { Length: > 0 } text
                ? Value(result, VariableOf(name), text, parse)!
                : fallback,
        };

    /// <summary>A flag that may be given several times; its variable is a list with commas.</summary>
    public static Option<ImmutableArray<T>> CreateMany<T>(
        CommandContext context, string name, string valueName, string description, FlagParser<T> parse) =>
        new(name)
        {
            HelpName = valueName,
            Description = $"{description} [${VariableOf(name)}]",
            Arity = ArgumentArity.OneOrMore,
            CustomParser = result => [.. result.Tokens.Select(t => Value(result, name, t.Value, parse)!)],
            DefaultValueFactory = result =>
            [
                .. (context.Environment(VariableOf(name)) ?? string.Empty)
                    .Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                    .Select(text => Value(result, VariableOf(name), text, parse)!),
            ],
        };

    /// <summary>Whether the environment says something of the flag.</summary>
    public static bool HasVariable(CommandContext context, string name) => context.Environment(VariableOf(name)) is { Length: > 0 };

    private static string VariableOf(string name) =>
        "NODEAGENT_" + name.TrimStart('-').Replace('-', '_').ToUpperInvariant();

    private static T? Value<T>(ArgumentResult result, string source, string text, FlagParser<T> parse)
    {
        Parsed<T> parsed = parse(text);
        if (parsed.Error is not null)
        {
            result.AddError($"{source} '{text}': {parsed.Error}");
        }

        return parsed.Value;
    }
}
