using NodeAgent.DataPlane.Http.Extensions;

namespace NodeAgent.DataPlane.Tests.Http.Extensions;

public sealed class TokenBucketsTests
{
    private const long Start = 1_000_000;

    [Fact]
    public void A_burst_passes_and_then_one_each_interval()
    {
        var buckets = new TokenBuckets(interval: 100, burst: 3, keys: 1);
        Assert.Equal([0, 0, 0, 100], Enumerable.Range(0, 4).Select(_ => buckets.Take(7, Start)));
        Assert.Equal(1, buckets.Take(7, Start + 99));
        Assert.Equal(0, buckets.Take(7, Start + 100));
        Assert.Equal(100, buckets.Take(7, Start + 100));
    }

    [Fact]
    public void A_bucket_never_holds_more_than_its_burst()
    {
        var buckets = new TokenBuckets(interval: 100, burst: 2, keys: 1);
        buckets.Take(7, Start);
        long later = Start + 1_000_000;
        Assert.Equal([0, 0, 100], Enumerable.Range(0, 3).Select(_ => buckets.Take(7, later)));
    }

    [Fact]
    public void Keys_do_not_spend_each_others_tokens()
    {
        var buckets = new TokenBuckets(interval: 100, burst: 1, keys: 1000);
        for (ulong key = 0; key < 100; key++)
        {
            Assert.Equal(0, buckets.Take(KeyHash.Of(key), Start));
        }

        for (ulong key = 0; key < 100; key++)
        {
            Assert.Equal(100, buckets.Take(KeyHash.Of(key), Start));
        }
    }

    [Fact]
    public void A_flood_of_new_keys_gets_no_more_than_the_table_has_buckets()
    {
        const int keys = 64;
        var buckets = new TokenBuckets(interval: 1000, burst: 2, keys);
        int passed = Enumerable.Range(1, 100_000).Count(i => buckets.Take(KeyHash.Of((ulong)i), Start) == 0);
        Assert.InRange(passed, keys, keys * 2);
    }

    [Fact]
    public void A_place_that_nobody_uses_any_more_serves_another_key()
    {
        var buckets = new TokenBuckets(interval: 10, burst: 1, keys: 8);
        for (ulong key = 1; key <= 1000; key++)
        {
            Assert.Equal(0, buckets.Take(key * 8, Start + ((long)key * 10)));
        }
    }

    [Fact]
    public async Task Threads_share_a_bucket_exactly()
    {
        var buckets = new TokenBuckets(interval: 1_000_000, burst: 10_000, keys: 1);
        int[] passed = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(
            () => Enumerable.Range(0, 5000).Count(_ => buckets.Take(7, Start) == 0))));
        Assert.Equal(10_000, passed.Sum());
    }

    [Fact]
    public void Texts_that_differ_have_different_hashes()
    {
        string[] texts = ["", "a", "b", "aa", "ab", "ba", "aaaa", "aaaab", "aaaaa", "aaaa\0", "\0", "\0\0"];
        Assert.Equal(texts.Length, texts.Select(t => KeyHash.Of(t)).Distinct().Count());
        Assert.Equal(KeyHash.Of("key"), KeyHash.Of(new string("key")));
    }
}
