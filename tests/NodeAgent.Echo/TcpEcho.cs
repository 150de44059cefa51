using System.Collections.Concurrent;
using System.Globalization;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Text;
using System.Text.Json;

namespace NodeAgent.Echo;

/// <summary>
/// A TCP socket that speaks first ("Gateway API Test TCP Server") and then answers lines: PING, IS_TLS, TEST.
/// Any other line comes back as it was, which echo-basic does not do; it closes when the client has closed its side.
/// </summary>
internal sealed class TcpEcho : IAsyncDisposable
{
    private const string Greeting = "Gateway API Test TCP Server\n";
    private const int BufferBytes = 64 * 1024;

    private readonly EchoIdentity identity;
    private readonly ServerTls? tls;
    private readonly Socket listener;
    private readonly ConcurrentDictionary<Socket, Task> connections = new();
    private readonly Task accepting;
    private long accepted;

    private TcpEcho(Socket listener, EchoIdentity identity, ServerTls? tls)
    {
        this.tls = tls;
        this.listener = listener;
        this.identity = identity;
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    private string Port => EndPoint.Port.ToString(CultureInfo.InvariantCulture);

    public long Accepted => Interlocked.Read(ref accepted);

    /// <param name="tls">Null for cleartext; else the greeting follows the handshake.</param>
    public static TcpEcho Start(IPEndPoint endpoint, EchoIdentity identity, ServerTls? tls = null)
    {
        Socket listener = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(endpoint);
            listener.Listen(4096);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        return new TcpEcho(listener, identity, tls);
    }

    public async ValueTask DisposeAsync()
    {
        listener.Dispose();
        await accepting;
        foreach (Socket socket in connections.Keys)
        {
            socket.Dispose();
        }

        await Task.WhenAll(connections.Values);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync();
            }
            catch (Exception e) when (e is SocketException { SocketErrorCode: SocketError.OperationAborted } or ObjectDisposedException)
            {
                return;
            }
            catch (SocketException)
            {
                // The client left the backlog before we took it.
                continue;
            }

            Interlocked.Increment(ref accepted);
            socket.NoDelay = true;
            connections[socket] = Task.CompletedTask;
            Task serving = ServeAsync(socket);
            connections.TryUpdate(socket, serving, Task.CompletedTask);
        }
    }

    private async Task ServeAsync(Socket socket)
    {
        await Task.Yield();
        try
        {
            using Stream stream = await OpenAsync(socket);
            await stream.WriteAsync(Encoding.ASCII.GetBytes(Greeting));
            byte[] buffer = new byte[BufferBytes];
            int held = 0;
            int read;
            while ((read = await stream.ReadAsync(buffer.AsMemory(held))) > 0)
            {
                held += read;
                int start = 0;
                int length;
                while ((length = buffer.AsSpan(start, held - start).IndexOf((byte)'\n')) >= 0)
                {
                    await stream.WriteAsync(Answer(buffer.AsMemory(start, length + 1), stream as SslStream));
                    start += length + 1;
                }

                if (start == 0 && held == buffer.Length)
                {
                    // No line is this long: it is bulk data, so it goes back as it is.
                    await stream.WriteAsync(buffer);
                    start = held;
                }

                buffer.AsSpan(start, held - start).CopyTo(buffer);
                held -= start;
            }

            await stream.WriteAsync(buffer.AsMemory(0, held));
            if (stream is SslStream secure)
            {
                await secure.ShutdownAsync();
            }

            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is SocketException or IOException or AuthenticationException or ObjectDisposedException)
        {
            // The client reset the connection or spoke no TLS, or the server was disposed: all end it.
        }
        finally
        {
            connections.TryRemove(socket, out _);
            socket.Dispose();
        }
    }

    private async Task<Stream> OpenAsync(Socket socket)
    {
        var plain = new NetworkStream(socket, ownsSocket: false);
        if (tls is null)
        {
            return plain;
        }

        var secure = new SslStream(plain);
        await secure.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = tls.Certificate });
        return secure;
    }

    private ReadOnlyMemory<byte> Answer(ReadOnlyMemory<byte> line, SslStream? secure)
    {
        ReadOnlySpan<byte> word = line.Span.TrimEnd("\r\n"u8);
        if (word.SequenceEqual("PING"u8))
        {
            return "PONG\n"u8.ToArray();
        }

        if (word.SequenceEqual("IS_TLS"u8))
        {
            return secure is null ? "false\n"u8.ToArray() : "true\n"u8.ToArray();
        }

        if (word.SequenceEqual("TEST"u8))
        {
            TcpEchoAnswer answer = new(
                identity.Namespace,
                identity.Ingress,
                identity.Service,
                identity.Pod,
                secure is null ? Port : "",
                secure is null ? "" : Port,
                secure is not null,
                secure is null ? null : EchoTls.Of(secure));
            return (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(answer, EchoJson.Line), (byte)'\n'];
        }

        return line;
    }
}
