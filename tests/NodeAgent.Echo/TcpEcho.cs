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
    private readonly SslServerAuthenticationOptions? tls;
    private readonly Socket listener;
    private readonly ConcurrentDictionary<Socket, Task> connections = new();
    private readonly Task accepting;
    private long accepted;

    private TcpEcho(Socket listener, EchoIdentity identity, SslServerAuthenticationOptions? tls)
    {
        this.tls = tls;
        this.listener = listener;
        this.identity = identity;
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    public long Accepted => Interlocked.Read(ref accepted);

    /// <param name="secured">The options with the certificate, for a socket with TLS; null for one without.</param>
    public static TcpEcho Start(IPEndPoint endpoint, EchoIdentity identity, EchoOptions? secured)
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

        return new TcpEcho(listener, identity, secured is null ? null : EchoCertificates.OfTcp(secured));
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
            await using NetworkStream plain = new(socket, ownsSocket: false);
            if (tls is null)
            {
                await ServeAsync(plain, null);
            }
            else
            {
                await using SslStream secured = new(plain);
                await secured.AuthenticateAsServerAsync(tls);
                await ServeAsync(secured, EchoCertificates.Describe(secured));
                await secured.ShutdownAsync();
            }

            socket.Shutdown(SocketShutdown.Send);
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or AuthenticationException)
        {
            // The client reset the connection or wants no such TLS, or the server was disposed: all end it.
        }
        finally
        {
            connections.TryRemove(socket, out _);
            socket.Dispose();
        }
    }

    private async Task ServeAsync(Stream stream, EchoTls? seen)
    {
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
                await stream.WriteAsync(Answer(buffer.AsMemory(start, length + 1), seen));
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
    }

    private ReadOnlyMemory<byte> Answer(ReadOnlyMemory<byte> line, EchoTls? seen)
    {
        ReadOnlySpan<byte> word = line.Span.TrimEnd("\r\n"u8);
        if (word.SequenceEqual("PING"u8))
        {
            return "PONG\n"u8.ToArray();
        }

        if (word.SequenceEqual("IS_TLS"u8))
        {
            return seen is null ? "false\n"u8.ToArray() : "true\n"u8.ToArray();
        }

        if (word.SequenceEqual("TEST"u8))
        {
            string port = EndPoint.Port.ToString(CultureInfo.InvariantCulture);
            TcpEchoAnswer answer = new(
                identity.Namespace,
                identity.Ingress,
                identity.Service,
                identity.Pod,
                seen is null ? port : "",
                seen is null ? "" : port,
                seen is not null,
                seen);
            return (byte[])[.. JsonSerializer.SerializeToUtf8Bytes(answer, EchoJson.Line), (byte)'\n'];
        }

        return line;
    }
}
