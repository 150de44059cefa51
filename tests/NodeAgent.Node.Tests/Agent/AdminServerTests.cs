using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using NodeAgent.Agent;

namespace NodeAgent.Node.Tests.Agent;

public sealed class AdminServerTests
{
    private static readonly Dictionary<string, Func<AdminPage>> Pages = new(StringComparer.Ordinal)
    {
        ["/livez"] = () => AdminPage.Text(200, "ok\n"),
        ["/busy"] = () => AdminPage.Text(503, "wait\n"),
    };

    [Fact]
    public async Task Pages_answer_GET_and_HEAD_and_nothing_else()
    {
        await using AdminServer server = await StartAsync();
        using var client = new HttpClient { BaseAddress = server.Url };

        Assert.Equal("ok\n", await client.GetStringAsync("/livez?x=1"));
        using HttpResponseMessage busy = await client.GetAsync("/busy");
        Assert.Equal(HttpStatusCode.ServiceUnavailable, busy.StatusCode);
        using HttpResponseMessage head = await client.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/livez"));
        Assert.Equal(3, head.Content.Headers.ContentLength);
        using HttpResponseMessage missing = await client.GetAsync("/Livez");
        Assert.Equal(HttpStatusCode.NotFound, missing.StatusCode);
        using HttpResponseMessage delete = await client.DeleteAsync("/livez");
        Assert.Equal(HttpStatusCode.MethodNotAllowed, delete.StatusCode);
    }

    [Fact]
    public async Task A_taken_address_is_one_clear_error()
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();

        IOException error = await Assert.ThrowsAsync<IOException>(() => AdminServer.StartAsync(
            (IPEndPoint)taken.LocalEndpoint, Pages, NullLoggerFactory.Instance, default));

        Assert.Equal("the address is in use by another process", error.Message);
    }

    [Fact]
    public async Task It_stops_at_once_with_connections_open()
    {
        AdminServer server = await StartAsync();
        using var idle = new TcpClient();
        await idle.ConnectAsync(IPAddress.Loopback, server.Url.Port);

        await server.DisposeAsync().AsTask().WaitAsync(TimeSpan.FromSeconds(5));

        using var late = new TcpClient();
        await Assert.ThrowsAsync<SocketException>(() => late.ConnectAsync(IPAddress.Loopback, server.Url.Port));
    }

    private static Task<AdminServer> StartAsync() =>
        AdminServer.StartAsync(new IPEndPoint(IPAddress.Loopback, 0), Pages, NullLoggerFactory.Instance, default);
}
