using System.Net;
using System.Net.Sockets;
using System.Text;
using NodeAgent.Controller.Sources.Kubernetes;

namespace NodeAgent.Controller.Tests.Kubernetes;

/// <summary>Servers that die, or talk nonsense, before there is an answer: each is a value, and the next one that lives is heard.</summary>
public sealed class BrokenConnectionTests
{
    [Theory]
    [InlineData("https", "", false)]
    [InlineData("https", "", true)]
    [InlineData("https", "HTTP/1.1 400 Bad Request\r\n\r\n", false)]
    [InlineData("https", "\u0016\u0003\u0003\u0000\u0010half a hello", true)]
    [InlineData("http", "", true)]
    [InlineData("http", "SSH-2.0-OpenSSH\r\n", false)]
    [InlineData("http", "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Le", false)]
    [InlineData("http", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"half\":", true)]
    [InlineData("http", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n8\r\n{\"half\":\r\nzz\r\n", false)]
    public async Task AServerThatBreaksOffIsNoAnswer(string scheme, string says, bool reset)
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        Task serving = BreakOffAsync(listener, says, reset);
        var server = new Uri($"{scheme}://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
        await using var client = new KubernetesClient(
            new ClusterAccess(server, new ServerTrust(() => new TestAuthority().Pem, insecure: false), new FixedCredential(Credential.None)),
            new KubernetesClientSettings { MinBackoff = TimeSpan.FromMilliseconds(5) });

        ApiAnswer answer = await client.GetDocumentAsync("/version", CancellationToken.None).SoonAsync();

        Assert.True(answer is { Status: 0, Transient: true, Message.Length: > 0 }, answer.ToString());
        await using (Following following = Following.Of(client))
        {
            await following.Handler.UntilAsync(told => told.Lines.Any(line => line.StartsWith("trouble configmaps: list in all namespaces fails: ", StringComparison.Ordinal)));
        }

        listener.Stop();
        await serving.SoonAsync();
    }

    private static async Task BreakOffAsync(TcpListener listener, string says, bool reset)
    {
        byte[] buffer = new byte[4096];
        try
        {
            while (true)
            {
                using Socket socket = await listener.AcceptSocketAsync();
                try
                {
                    await socket.ReceiveAsync(buffer);
                    await socket.SendAsync(Encoding.Latin1.GetBytes(says));
                    socket.LingerState = new LingerOption(reset, 0);
                }
                catch (SocketException)
                {
                    // The client was faster. There will be another.
                }
            }
        }
        catch (Exception e) when (e is SocketException or InvalidOperationException)
        {
            // The test is over, and with it the listener.
        }
    }
}
