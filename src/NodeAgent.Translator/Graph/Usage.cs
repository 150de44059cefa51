using System.Collections.Immutable;

namespace NodeAgent.Translator.Graph;

/// <summary>Which Gateways reach what through their attached routes, counted by route.</summary>
internal sealed class Usage
{
    private readonly Dictionary<string, ImmutableSortedDictionary<string, int>> _counts = new(StringComparer.Ordinal);

    public ImmutableArray<string> GatewaysOf(string subject) =>
        _counts.TryGetValue(subject, out ImmutableSortedDictionary<string, int>? gateways) ? [.. gateways.Keys] : [];

    /// <returns>True when a Gateway came or went.</returns>
    public bool Count(string subject, string gateway, int by)
    {
        ImmutableSortedDictionary<string, int> gateways =
            _counts.GetValueOrDefault(subject) ?? ImmutableSortedDictionary.Create<string, int>(StringComparer.Ordinal);
        int before = gateways.GetValueOrDefault(gateway);
        int after = before + by;
        gateways = after == 0 ? gateways.Remove(gateway) : gateways.SetItem(gateway, after);
        if (gateways.IsEmpty)
        {
            _counts.Remove(subject);
        }
        else
        {
            _counts[subject] = gateways;
        }

        return before == 0 || after == 0;
    }
}
