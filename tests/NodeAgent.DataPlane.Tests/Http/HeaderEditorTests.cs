using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using NodeAgent.DataPlane.Http;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Http;

public sealed class HeaderEditorTests
{
    [Theory]
    [InlineData("X-Header-Set=set-overwrites-values", "", "", "Some-Other-Header=val", "Some-Other-Header=val X-Header-Set=set-overwrites-values")]
    [InlineData("X-Header-Set=set-overwrites-values", "", "", "X-Header-Set=some-other-value", "X-Header-Set=set-overwrites-values")]
    [InlineData("", "X-Header-Add=add-appends-values", "", "", "X-Header-Add=add-appends-values")]
    [InlineData("", "X-Header-Add=add-appends-values", "", "X-Header-Add=some-other-value", "X-Header-Add=some-other-value,add-appends-values")]
    [InlineData("", "", "X-Header-Remove", "X-Header-Remove=val", "")]
    [InlineData("S-1=s1 S-2=s2", "A-1=a1 A-2=a2 A-3=a3", "R-1 R-2", "S-2=old A-2=old R-2=old Another=kept", "A-1=a1 A-2=old,a2 A-3=a3 Another=kept S-1=s1 S-2=s2")]
    [InlineData("X-Header-Set=new", "X-Header-Add=header-add", "X-Header-Remove", "x-header-set=old x-header-add=original-val-add x-header-remove=x", "X-Header-Add=original-val-add,header-add X-Header-Set=new")]
    [InlineData("", "x-lowercase-add=1 x-Mixedcase-ADD-1=2 X-UPPERCASE-ADD=3", "", "X-Lowercase-Add=0", "X-Lowercase-Add=0,1 x-Mixedcase-ADD-1=2 X-UPPERCASE-ADD=3")]
    [InlineData("X=first x=second", "", "", "", "X=first")]
    public void Headers_are_set_added_and_removed(string set, string add, string remove, string before, string after)
    {
        var editor = new HeaderEditor(new HeaderEdits(Values(set), Values(add), [.. Words(remove)]));
        IHeaderDictionary headers = Headers(before);
        editor.Apply(headers);
        Assert.Equal(after, Text(headers), ignoreCase: true);
    }

    [Fact]
    public void An_edit_does_not_change_what_it_was_given_before()
    {
        var editor = new HeaderEditor(new HeaderEdits([], Values("X=b"), []));
        editor.Apply(Headers("X=a"));
        IHeaderDictionary second = Headers("X=c");
        editor.Apply(second);
        Assert.Equal("x=c,b", Text(second));
    }

    [Fact]
    public void Edits_that_would_break_the_message_are_left_out()
    {
        ImmutableArray<HeaderValue> bad =
        [
            new("Content-Length", "1"), new("transfer-encoding", "chunked"), new("Connection", "close"), new("a b", "c"), new("", "c"),
            new("X-Line", "a\r\nb: c"), new("X-Wide", "€"), new("X-Good", "é"),
        ];
        IHeaderDictionary headers = Headers("Content-Length=5 Host=h");
        new HeaderEditor(new HeaderEdits(bad, [.. bad, new HeaderValue("Host", "other")], ["Content-Length", "Host"])).Apply(headers);
        Assert.Equal("content-length=5 host=h x-good=é,é", Text(headers));
    }

    [Fact]
    public void Host_can_be_set()
    {
        IHeaderDictionary headers = Headers("Host=h");
        new HeaderEditor(new HeaderEdits(Values("Host=other"), [], [])).Apply(headers);
        Assert.Equal("host=other", Text(headers));
    }

    [Fact]
    public void Hop_by_hop_headers_are_removed_with_those_that_Connection_names()
    {
        IHeaderDictionary headers = Headers(
            "Connection=keep-alive,X-Named,Host Keep-Alive=timeout TE=trailers Trailer=x Upgrade=h2c HTTP2-Settings=x "
            + "Proxy-Connection=x Proxy-Authorization=x Transfer-Encoding=chunked X-Named=1 Host=h Accept=a");
        HopByHop.Remove(headers);
        Assert.Equal("accept=a host=h", Text(headers));
    }

    [Theory]
    [InlineData("connection")]
    [InlineData("KEEP-ALIVE")]
    [InlineData("te")]
    [InlineData("Trailer")]
    [InlineData("Transfer-Encoding")]
    [InlineData("Upgrade")]
    [InlineData("Proxy-Connection")]
    [InlineData("Proxy-Authenticate")]
    [InlineData("Proxy-Authorization")]
    [InlineData("Proxy-Authentication-Info")]
    [InlineData("HTTP2-Settings")]
    public void Hop_by_hop_names_are_known_in_any_case(string name)
    {
        Assert.True(HopByHop.IsDropped(name));
        Assert.False(HopByHop.IsDropped(name[..^1] + "x"));
    }

    [Fact]
    public void A_Connection_header_is_read_once_for_all_it_says()
    {
        var options = new ConnectionOptions(new[] { "Close, x-a ,,", " UPGRADE,X-B,content-length" });
        Assert.True(options.Close);
        Assert.True(options.Upgrade);
        Assert.False(options.KeepAlive);
        Assert.True(options.NamesHeaders);
        Assert.True(options.Names("X-A"));
        Assert.True(options.Names("x-b"));
        Assert.False(options.Names("X-C"));
        Assert.False(options.Names("Content-Length"));
        Assert.False(new ConnectionOptions("keep-alive").NamesHeaders);
    }

    [Fact]
    public void Forwarded_headers_of_the_client_are_replaced()
    {
        IHeaderDictionary headers = Headers("X-Forwarded-For=6.6.6.6 X-Forwarded-Proto=https X-Forwarded-Host=evil X-Forwarded-Port=1 Forwarded=for=x");
        ForwardedHeaders.Set(headers, "10.0.0.1", "http", "example.com:8080");
        Assert.Equal("x-forwarded-for=10.0.0.1 x-forwarded-host=example.com:8080 x-forwarded-proto=http", Text(headers));
        ForwardedHeaders.Set(headers, "10.0.0.1", "http", null);
        Assert.Equal("x-forwarded-for=10.0.0.1 x-forwarded-proto=http", Text(headers));
    }

    private static string[] Words(string text) => text.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static ImmutableArray<HeaderValue> Values(string text) =>
        [.. Words(text).Select(w => w.Split('=', 2)).Select(p => new HeaderValue(p[0], p[1]))];

    private static HeaderDictionary Headers(string text)
    {
        var headers = new HeaderDictionary();
        foreach (HeaderValue header in Values(text))
        {
            headers.Append(header.Name, header.Value);
        }

        return headers;
    }

    /// <summary>Names in lower case, sorted; several values joined by commas.</summary>
    private static string Text(IHeaderDictionary headers) => string.Join(
        ' ', headers.Select(h => $"{h.Key.ToLowerInvariant()}={string.Join(',', h.Value.ToArray())}").Order(StringComparer.Ordinal));
}
