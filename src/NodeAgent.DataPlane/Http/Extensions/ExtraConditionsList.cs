using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>The extra conditions of the matches of one table, equal ones once. Number 0 stands for none.</summary>
internal sealed class ExtraConditionsList
{
    private readonly List<ExtraConditions?> _all = [null];
    private readonly Dictionary<string, ushort> _known = new(StringComparer.Ordinal);

    /// <returns>False when the match can never hold, or when there are more than 65,535 different ones.</returns>
    public bool TryAdd(ImmutableArray<MatchConditions>? conditions, Func<string, Regex?> compile, out ushort number)
    {
        number = 0;
        if (conditions is not { IsDefaultOrEmpty: false } all)
        {
            return true;
        }

        string key = KeyOf(all);
        if (_known.TryGetValue(key, out number))
        {
            return true;
        }

        if (_all.Count > ushort.MaxValue || ExtraConditions.TryMake(all, compile) is not { } made)
        {
            return false;
        }

        number = (ushort)_all.Count;
        _all.Add(made);
        _known.Add(key, number);
        return true;
    }

    public int CountOf(ushort number) => _all[number]?.Count ?? 0;

    public ExtraConditions[] ToArray() => [.. _all!];

    private static string KeyOf(ImmutableArray<MatchConditions> all)
    {
        var key = new StringBuilder();
        foreach (MatchConditions conditions in all)
        {
            key.AppendJoin(' ', conditions.Sources).Append('\n');
            key.AppendJoin(' ', conditions.Headers).Append('\n');
            foreach (CookieMatch cookie in conditions.Cookies)
            {
                key.Append(cookie.Name).Append(' ').Append(cookie.Type).Append(' ').Append(cookie.Value.Length).Append(cookie.Value);
            }

            key.Append('\0');
        }

        return key.ToString();
    }
}
