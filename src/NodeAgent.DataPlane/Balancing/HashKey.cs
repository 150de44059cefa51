using System.Numerics;

namespace NodeAgent.DataPlane.Balancing;

/// <summary>
/// 64-bit hashes for consistent balancing: the same in every process, so that all agents send a key to the same endpoint. Zero is no key.
/// </summary>
internal static class HashKey
{
    public const ulong None = 0;

    private const ulong Seed = 14695981039346656037;
    private const ulong Prime = 1099511628211;

    public static ulong Of(ReadOnlySpan<char> text)
    {
        ulong hash = Seed;
        foreach (char c in text)
        {
            hash = (hash ^ c) * Prime;
        }

        return NotNone(Mix(hash));
    }

    public static ulong Of(ReadOnlySpan<byte> bytes)
    {
        ulong hash = Seed;
        foreach (byte b in bytes)
        {
            hash = (hash ^ b) * Prime;
        }

        return NotNone(Mix(hash));
    }

    /// <summary>How much an endpoint wants a key; the one that wants it most gets it (rendezvous hashing).</summary>
    public static ulong Score(ulong key, ulong endpoint) => Mix(key ^ BitOperations.RotateLeft(endpoint, 32));

    /// <summary>The finalizer of SplitMix64: every bit of the input moves half of the output's.</summary>
    private static ulong Mix(ulong x)
    {
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9;
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb;
        return x ^ (x >> 31);
    }

    private static ulong NotNone(ulong hash) => hash == None ? 1 : hash;
}
