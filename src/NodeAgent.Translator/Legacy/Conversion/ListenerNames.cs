using System.Collections.Immutable;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>Names for listeners, which had none: made of what tells them apart, so that they survive being moved around.</summary>
internal static class ListenerNames
{
    /// <summary>One per listener, unique in the Gateway.</summary>
    public static ImmutableArray<string> Of(ImmutableArray<LegacyListener> listeners)
    {
        var seen = new Dictionary<string, int>(StringComparer.Ordinal);
        var names = ImmutableArray.CreateBuilder<string>(listeners.Length);
        foreach (LegacyListener listener in listeners)
        {
            string protocol = listener.Protocol.ToLowerInvariant().Replace('/', '.');
            string name = $"{protocol}-{listener.Port}{(listener.Hostname is null ? "" : "-" + listener.Hostname)}";
            int count = seen[name] = seen.GetValueOrDefault(name) + 1;
            names.Add(count == 1 ? name : $"{name}#{count}");
        }

        return names.MoveToImmutable();
    }

    /// <summary>Of a listener that stands in for <paramref name="listener"/> for one hostname.</summary>
    public static string StandIn(string listener, string hostname) => $"{listener}={hostname}";

    public static bool StandsInFor(string name, string listener) =>
        name.Length > listener.Length && name[listener.Length] == '=' && name.StartsWith(listener, StringComparison.Ordinal);
}
