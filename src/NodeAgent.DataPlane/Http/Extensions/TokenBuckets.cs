using System.Numerics;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>
/// Token buckets by key, without locks and of bounded size. A bucket is one number, the time when it will be full again (the generic cell
/// rate algorithm): taking a token moves it on by one interval, and it may lie at most a burst ahead of now. A bucket that is full now
/// is like one that was never used, so its place can be taken by another key. Where all places of a key are in use, it shares the fullest
/// bucket of them: more keys than there are places make the limit stricter, never laxer.
/// </summary>
internal sealed class TokenBuckets
{
    /// <summary>How many places a key may be in; they lie side by side.</summary>
    private const int Ways = 8;

    private readonly long _interval;
    private readonly long _burst;
    private readonly Bucket[] _buckets;
    private readonly uint _sets;

    /// <param name="interval">Time between two tokens, in units of the caller's clock; at least 1.</param>
    /// <param name="burst">Tokens in a full bucket, at least 1.</param>
    /// <param name="keys">How many keys have a bucket of their own; at least 1.</param>
    public TokenBuckets(long interval, int burst, int keys)
    {
        _interval = Math.Max(interval, 1);
        _burst = _interval * burst;
        _sets = BitOperations.RoundUpToPowerOf2((uint)((keys + Ways - 1) / Ways));
        _buckets = new Bucket[_sets * Ways];
    }

    /// <summary>Takes a token.</summary>
    /// <param name="key">A good hash; 0 is a key like any other.</param>
    /// <returns>0 when there was one, else the time until there is.</returns>
    public long Take(ulong key, long now)
    {
        ref Bucket bucket = ref Find(key);
        while (true)
        {
            long full = Volatile.Read(ref bucket.Full);
            long next = Math.Max(full, now) + _interval;
            if (next - now > _burst)
            {
                return next - now - _burst;
            }

            if (Interlocked.CompareExchange(ref bucket.Full, next, full) == full)
            {
                return 0;
            }
        }
    }

    private ref Bucket Find(ulong key)
    {
        Span<Bucket> ways = _buckets.AsSpan((int)(key & (_sets - 1)) * Ways, Ways);
        while (true)
        {
            int fullest = 0;
            for (int i = 0; i < ways.Length; i++)
            {
                if (Volatile.Read(ref ways[i].Key) == key)
                {
                    return ref ways[i];
                }

                if (Volatile.Read(ref ways[i].Full) < Volatile.Read(ref ways[fullest].Full))
                {
                    fullest = i;
                }
            }

            ulong other = Volatile.Read(ref ways[fullest].Key);
            if (other != key && Interlocked.CompareExchange(ref ways[fullest].Key, key, other) == other)
            {
                return ref ways[fullest];
            }
        }
    }

    private struct Bucket
    {
        public ulong Key;
        public long Full;
    }
}
