using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NodeAgent.DataPlane.Tests.Tcp;

/// <summary>Sockets with a deadline: a test that waits in vain fails, it does not hang.</summary>
internal static class Net
{
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    public static async Task<Socket> ConnectAsync(IPEndPoint endPoint)
    {
        var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(endPoint).WaitAsync(Patience);
            return socket;
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    /// <param name="backlog">Of the accept queue.</param>
    public static Socket Listen(IPEndPoint? endPoint = null, int backlog = 1024)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(endPoint ?? new IPEndPoint(IPAddress.Loopback, 0));
        socket.Listen(backlog);
        return socket;
    }

    public static IPEndPoint EndPointOf(Socket socket) => (IPEndPoint)socket.LocalEndPoint!;

    public static Task<Socket> TakeAsync(this Socket listener) => listener.AcceptAsync().WaitAsync(Patience);

    public static Task SendTextAsync(this Socket socket, string text) => socket.SendAllAsync(Encoding.Latin1.GetBytes(text));

    public static async Task SendAllAsync(this Socket socket, ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes).AsTask().WaitAsync(Patience)..];
        }
    }

    public static async Task<string> ReadTextAsync(this Socket socket, int count)
    {
        byte[] buffer = new byte[count];
        int read = 0;
        while (read < count)
        {
            int n = await socket.ReceiveAsync(buffer.AsMemory(read)).AsTask().WaitAsync(Patience);
            Assert.True(n > 0, $"the peer closed after {read} of {count} bytes");
            read += n;
        }

        return Encoding.Latin1.GetString(buffer);
    }

    /// <summary>All that comes until the peer's FIN.</summary>
    public static async Task<string> ReadToEndAsync(this Socket socket)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[64 * 1024];
        int n;
        while ((n = await socket.ReceiveAsync(buffer.AsMemory()).AsTask().WaitAsync(Patience)) > 0)
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, n));
        }

        return text.ToString();
    }

    /// <summary>Reads until the peer's RST; an orderly end fails the test.</summary>
    /// <returns>What came before.</returns>
    public static async Task<string> ReadToResetAsync(this Socket socket)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[64 * 1024];
        while (true)
        {
            int n;
            try
            {
                n = await socket.ReceiveAsync(buffer.AsMemory()).AsTask().WaitAsync(Patience);
            }
            catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
            {
                return text.ToString();
            }

            Assert.True(n > 0, "an orderly end, no reset");
            text.Append(Encoding.Latin1.GetString(buffer, 0, n));
        }
    }

    /// <summary>The connection is accepted by the kernel and reset, before or after connect(2) returns.</summary>
    public static async Task ExpectResetAsync(IPEndPoint endPoint)
    {
        try
        {
            using Socket socket = await ConnectAsync(endPoint);
            Assert.Equal("", await socket.ReadToResetAsync());
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            // Reset while connecting.
        }
    }

    public static async Task ExpectRefusedAsync(IPEndPoint endPoint)
    {
        SocketException refused = await Assert.ThrowsAsync<SocketException>(() => ConnectAsync(endPoint));
        Assert.Equal(SocketError.ConnectionRefused, refused.SocketErrorCode);
    }

    /// <summary>Closes with RST.</summary>
    public static void Reset(this Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    /// <summary>For what has no event to wait for: counters and descriptors that settle after the last byte.</summary>
    public static async Task EventuallyAsync(Func<bool> condition, Func<string> otherwise)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(10));
        long deadline = Environment.TickCount64 + (long)Patience.TotalMilliseconds;
        while (!condition())
        {
            Assert.True(Environment.TickCount64 < deadline, otherwise());
            await timer.WaitForNextTickAsync();
        }
    }
}
