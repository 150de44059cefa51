using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// The compiled expressions in use: equal patterns share one object, from edit to edit, for as long as any rule holds it. Compiling one
/// takes longer than building a hostname's whole lookup. For one thread.
/// </summary>
internal sealed class RoutePatterns
{
    private readonly Dictionary<string, WeakReference<Regex>> _known = new(StringComparer.Ordinal);
    private int _next = 64;

    /// <returns>False with one line about what is wrong with the pattern.</returns>
    public bool TryGet(string pattern, [NotNullWhen(true)] out Regex? regex, [NotNullWhen(false)] out string? problem)
    {
        problem = null;
        if (_known.TryGetValue(pattern, out WeakReference<Regex>? known) && known.TryGetTarget(out regex))
        {
            return true;
        }

        if (!RoutePattern.TryCompile(pattern, out regex, out problem))
        {
            return false;
        }

        _known[pattern] = new WeakReference<Regex>(regex);
        if (_known.Count > _next)
        {
            ForgetUnused();
        }

        return true;
    }

    private void ForgetUnused()
    {
        foreach (string gone in _known.Where(k => !k.Value.TryGetTarget(out _)).Select(k => k.Key).ToArray())
        {
            _known.Remove(gone);
        }

        _next = Math.Max(64, _known.Count * 2);
    }
}
