using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace NodeAgent.Node.Tests.Node;

/// <summary>What clients of a gateway do.</summary>
internal static class Client
{
    /// <summary>What hangs is a failure, and shows which wait it was.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>One request on a connection of its own; the status and the pod that answered ("" when it was the gateway).</summary>
    public static async Task<(int Status, string Pod)> GetAsync(string address, int port, string path = "/", string? host = null)
    {
        using var client = new HttpClient { Timeout = Patience };
        return await GetAsync(client, address, port, path, host);
    }

    /// <summary>The same on a connection that <paramref name="client"/> keeps alive.</summary>
    public static async Task<(int Status, string Pod)> GetAsync(
        HttpClient client, string address, int port, string path = "/", string? host = null)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{address}:{port}{path}") { Headers = { Host = host } };
        using HttpResponseMessage response = await client.SendAsync(request);
        string body = await response.Content.ReadAsStringAsync();
        return ((int)response.StatusCode, response.IsSuccessStatusCode ? JsonNode.Parse(body)!["pod"]!.ToString() : "");
    }

    public static async Task<bool> IsRefusedAsync(string address, int port)
    {
        using var socket = new TcpClient();
        try
        {
            await socket.ConnectAsync(IPAddress.Parse(address), port);
            return false;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return true;
        }
    }

    /// <summary>A TCP connection that has read the greeting of the echo backend.</summary>
    public static async Task<(TcpClient Client, StreamReader Lines)> ConnectEchoAsync(string address, int port)
    {
        var client = new TcpClient();
        await client.ConnectAsync(IPAddress.Parse(address), port);
        var lines = new StreamReader(client.GetStream(), Encoding.ASCII);
        Assert.Equal("Gateway API Test TCP Server", await lines.ReadLineAsync().WaitAsync(Patience));
        return (client, lines);
    }

    public static async Task<string?> EchoAsync((TcpClient Client, StreamReader Lines) connection, string line)
    {
        await connection.Client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(line + "\n"));
        return await connection.Lines.ReadLineAsync().WaitAsync(Patience);
    }
}
