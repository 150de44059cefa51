using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// The regular expressions of routes: matched against the whole text, by an engine that never backtracks. Its time is
/// at worst the length of the text times the size of the pattern's automaton, and it refuses patterns that need more
/// than 10,000 nodes. What even so takes too long is given up: one route's pattern must not hold up a worker.
/// </summary>
internal static class RoutePattern
{
    private const RegexOptions Options = RegexOptions.NonBacktracking | RegexOptions.CultureInvariant;

    /// <summary>
    /// A sane pattern takes about a microsecond. Far more than that, because the clock also runs while a busy machine does not let
    /// this thread run, and a route must not be missed for that.
    /// </summary>
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    /// <returns>False with one line about what is wrong with the pattern.</returns>
    public static bool TryCompile(
        string pattern,
        [NotNullWhen(true)] out Regex? regex,
        [NotNullWhen(false)] out string? problem)
    {
        try
        {
            // Alone first: "a)|(b" is no expression, yet it would become one between our brackets.
            _ = new Regex(pattern, Options);
            regex = new Regex($@"\A(?:{pattern})\z", Options, Patience);
            problem = null;
            return true;
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException)
        {
            regex = null;
            problem = e.Message;
            return false;
        }
    }
    /// <returns>False also when the pattern took too long.</returns>
    public static bool Holds(Regex regex, ReadOnlySpan<char> text)
    {
        try
        {
            return regex.IsMatch(text);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;
        }
    }
}
