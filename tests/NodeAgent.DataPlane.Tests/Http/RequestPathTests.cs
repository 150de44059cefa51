using FsCheck;
using FsCheck.Fluent;
using NodeAgent.DataPlane.Http;

namespace NodeAgent.DataPlane.Tests.Http;

public sealed class RequestPathTests
{
    private static readonly Gen<string> AnyPath =
        from pieces in Gen.Frequency(
            (30, Gen.Elements("/", "/", ".", ".", "..", "%2e", "%2E", "%2f", "%2F", "%5c", "a", "b%20", "%41", "%7e", "%c3%a9", "~")),
            (1, Gen.Elements("%", "%00", "%4", "\\", "é", "\n"))).ListOf()
        select "/" + string.Concat(pieces);

    [Theory]
    [InlineData("/", "/")]
    [InlineData("/a/b", "/a/b")]
    [InlineData("/a/./b", "/a/b")]
    [InlineData("/a/../b", "/b")]
    [InlineData("/a/b/..", "/a/")]
    [InlineData("/a/b/.", "/a/b/")]
    [InlineData("/..", "/")]
    [InlineData("/../../a", "/a")]
    [InlineData("/%2e%2E/a", "/a")]
    [InlineData("/a/%2e./b", "/b")]
    [InlineData("/a//b", "/a//b")]
    [InlineData("/a//../b", "/a/b")]
    [InlineData("//", "//")]
    [InlineData("/a%2fb", "/a%2Fb")]
    [InlineData("/a%2F..%2Fb", "/a%2F..%2Fb")]
    [InlineData("/%7euser/%41", "/~user/A")]
    [InlineData("/%e2%82%ac", "/%E2%82%AC")]
    [InlineData("/...", "/...")]
    [InlineData("/.a/..b/c.", "/.a/..b/c.")]
    [InlineData("/a;p=1/$&'()*+,=:@!", "/a;p=1/$&'()*+,=:@!")]
    public void Paths_are_brought_into_one_form(string path, string expected)
    {
        Assert.True(RequestPath.TryNormalise(path, out string? normal));
        Assert.Equal(expected, normal);
        if (path == expected)
        {
            Assert.Same(path, normal);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("/%")]
    [InlineData("/%4")]
    [InlineData("/%4g")]
    [InlineData("/%00")]
    [InlineData("/a b")]
    [InlineData("/a\tb")]
    [InlineData("/a\u007fb")]
    [InlineData("/é")]
    [InlineData("/a\\b")]
    [InlineData("/a#b")]
    [InlineData("/a?b")]
    public void Paths_that_can_be_read_in_two_ways_are_refused(string path) =>
        Assert.False(RequestPath.TryNormalise(path, out _));

    [Fact]
    public void A_long_path_is_normalised_like_a_short_one()
    {
        string tail = new('a', 5000);
        Assert.True(RequestPath.TryNormalise($"/x/../{tail}/%2e", out string? normal));
        Assert.Equal($"/{tail}/", normal);
    }

    [Fact]
    public void Normalising_equals_the_text_of_the_RFC_and_is_idempotent()
    {
        int normalised = 0;
        Prop.ForAll(AnyPath.ToArbitrary(), path =>
        {
            bool ok = RequestPath.TryNormalise(path, out string? normal);
            Assert.Equal(Naive(path), normal);
            if (ok)
            {
                normalised++;
                Assert.True(RequestPath.TryNormalise(normal!, out string? again));
                Assert.Same(normal, again);
                Assert.DoesNotContain(normal!.Split('/'), segment => segment is "." or "..");
            }
        }).Check(Config.QuickThrowOnFailure.WithMaxTest(5000));
        Assert.True(normalised > 1000, $"only {normalised} of 5000 paths were allowed");
    }

    /// <summary>Section 5.2.4 of RFC 3986 step by step, on strings.</summary>
    private static string? Naive(string path)
    {
        string input = "";
        for (int i = 0; i < path.Length; i++)
        {
            if (path[i] is < '!' or > '~' or '\\' or '#' or '?')
            {
                return null;
            }

            if (path[i] != '%')
            {
                input += path[i];
                continue;
            }

            string hex = path.Substring(i + 1, Math.Min(2, path.Length - i - 1));
            if (hex.Length < 2 || !hex.All(char.IsAsciiHexDigit) || hex == "00")
            {
                return null;
            }

            char c = (char)Convert.ToByte(hex, 16);
            input += char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_' or '~' ? c : "%" + hex.ToUpperInvariant();
            i += 2;
        }

        string output = "";
        while (input.Length > 0)
        {
            if (input.StartsWith("/./", StringComparison.Ordinal) || input == "/.")
            {
                input = "/" + input[Math.Min(3, input.Length)..];
            }
            else if (input.StartsWith("/../", StringComparison.Ordinal) || input == "/..")
            {
                input = "/" + input[Math.Min(4, input.Length)..];
                output = output[..Math.Max(output.LastIndexOf('/'), 0)];
            }
            else
            {
                int end = input.IndexOf('/', 1);
                end = end < 0 ? input.Length : end;
                output += input[..end];
                input = input[end..];
            }
        }

        return output;
    }
}
