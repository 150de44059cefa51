using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using NodeAgent.DataPlane.Http;

namespace NodeAgent.DataPlane.Tests.Http;

public sealed class RequestGuardTests
{
    [Theory]
    [InlineData("GET", "/", RequestFault.None)]
    [InlineData("PROPFIND", "/a?b", RequestFault.None)]
    [InlineData("TRACE", "/", RequestFault.MethodRefused)]
    [InlineData("CONNECT", "h:1", RequestFault.MethodRefused)]
    [InlineData("G(T", "/", RequestFault.BadMethod)]
    [InlineData("GET", "/%", RequestFault.BadPath)]
    [InlineData("GET", "*", RequestFault.BadPath)]
    [InlineData("OPTIONS", "*", RequestFault.None)]
    [InlineData("GET", "http://h/a", RequestFault.None)]
    [InlineData("GET", "http://H:80/a", RequestFault.None)]
    [InlineData("GET", "http://h:81/a", RequestFault.HostMismatch)]
    [InlineData("GET", "http://other/a", RequestFault.HostMismatch)]
    [InlineData("GET", "http://u@h/a", RequestFault.HostMismatch)]
    public void Methods_and_targets_are_judged(string method, string target, object fault) =>
        Assert.Equal(fault, Check(Request(method, target)));

    [Theory]
    [InlineData("HTTP/1.1", "chunked", "", RequestFault.None)]
    [InlineData("HTTP/1.1", "Chunked", "", RequestFault.None)]
    [InlineData("HTTP/1.1", "gzip, chunked", "", RequestFault.TeNotChunked)]
    [InlineData("HTTP/1.1", "identity", "", RequestFault.TeNotChunked)]
    [InlineData("HTTP/1.1", "chunked ", "", RequestFault.TeNotChunked)]
    [InlineData("HTTP/1.1", "chunked|chunked", "", RequestFault.TeNotChunked)]
    [InlineData("HTTP/1.1", "chunked", "Content-Length", RequestFault.TeWithContentLength)]
    [InlineData("HTTP/1.1", "chunked", "X-Content-Length", RequestFault.TeWithContentLength)]
    [InlineData("HTTP/1.0", "chunked", "", RequestFault.TeWrongVersion)]
    [InlineData("HTTP/2", "chunked", "", RequestFault.TeWrongVersion)]
    [InlineData("HTTP/1.1", "", "X-Content-Length", RequestFault.None)]
    public void Transfer_codings_are_chunked_alone_or_refused(
        string protocol, string codings, string lengthName, object fault)
    {
        HttpRequestFeature request = Request("POST", "/");
        request.Protocol = protocol;
        if (codings.Length > 0)
        {
            request.Headers.TransferEncoding = codings.Split('|');
        }

        if (lengthName.Length > 0)
        {
            request.Headers[lengthName] = "4";
        }

        Assert.Equal(fault, Check(request));
    }

    [Theory]
    [InlineData("X-Ok", "tab\tand \u00e9", RequestFault.None)]
    [InlineData("X-Ok", "", RequestFault.None)]
    [InlineData("X-Bad", "a\u0001", RequestFault.ControlInValue)]
    [InlineData("X-Bad", "a\u007f", RequestFault.ControlInValue)]
    [InlineData("X-Bad", "a\rb", RequestFault.ControlInValue)]
    [InlineData("X-Bad", "€", RequestFault.ControlInValue)]
    [InlineData("X(Bad)", "a", RequestFault.BadHeaderName)]
    [InlineData("X\u00e9", "a", RequestFault.BadHeaderName)]
    public void Names_and_values_of_headers_are_judged(string name, string value, object fault)
    {
        HttpRequestFeature request = Request("GET", "/");
        request.Headers[name] = new StringValues(["good", value]);
        Assert.Equal(fault, Check(request));
    }

    [Theory]
    [InlineData("HTTP/1.1", "h", "/", RequestFault.None)]
    [InlineData("HTTP/1.1", "h|h", "/", RequestFault.DuplicateHost)]
    [InlineData("HTTP/1.1", "h, h", "/", RequestFault.BadHost)]
    [InlineData("HTTP/1.1", "", "/", RequestFault.BadHost)]
    [InlineData("HTTP/1.1", "h:port", "/", RequestFault.BadHost)]
    [InlineData("HTTP/1.0", "", "/", RequestFault.None)]
    [InlineData("HTTP/1.0", "", "http://h/", RequestFault.BadHost)]
    [InlineData("HTTP/2", "h:443", "/", RequestFault.None)]
    public void There_is_one_host(string protocol, string hosts, string target, object fault)
    {
        HttpRequestFeature request = Request("GET", target);
        request.Protocol = protocol;
        request.Headers.Host = hosts.Length == 0 ? default : hosts.Split('|');
        Assert.Equal(fault, Check(request));
    }

    [Fact]
    public void A_CONNECT_that_the_caller_serves_has_a_path()
    {
        Assert.Equal(RequestFault.None, RequestGuard.Check(Request("CONNECT", "/chat"), allowConnect: true, out RequestTarget target));
        Assert.Equal("/chat", target.Path.ToString());
    }

    [Fact]
    public void Every_fault_has_its_own_name_and_a_client_error()
    {
        RequestFault[] faults = Enum.GetValues<RequestFault>();
        Assert.All(faults, f => Assert.Equal(f.ToString(), f.Name()));
        Assert.All(faults.Except([RequestFault.MethodRefused]), f => Assert.Equal(400, f.Status()));
        Assert.Equal(405, RequestFault.MethodRefused.Status());
    }

    private static RequestFault Check(HttpRequestFeature request) => RequestGuard.Check(request, allowConnect: false, out _);

    private static HttpRequestFeature Request(string method, string target) => new()
    {
        Method = method,
        RawTarget = target,
        Protocol = "HTTP/1.1",
        Headers = new HeaderDictionary { ["Host"] = "h" },
    };
}
