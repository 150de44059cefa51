using System.Collections.Concurrent;

namespace NodeAgent.Echo;

/// <summary>How often each uuid of the /retry paths was tried; kept for the life of the process.</summary>
internal sealed class RetryCounters
{
    private readonly ConcurrentDictionary<string, int> tries = new(StringComparer.Ordinal);

    /// <summary>Counts this try; true for the first <paramref name="succeedAfter"/> of them.</summary>
    public bool ShouldFail(string uuid, int succeedAfter) => tries.AddOrUpdate(uuid, 1, (_, n) => n + 1) <= succeedAfter;
}
