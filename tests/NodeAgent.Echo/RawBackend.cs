using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;

namespace NodeAgent.Echo;

/// <summary>
/// A TCP backend that does to each connection exactly what its script says: for the bad days that no HTTP server can play.
/// A connection is closed when its script ends; disposing the backend ends the scripts that still wait.
/// </summary>
public sealed class RawBackend : IAsyncDisposable
{
    private readonly Socket listener;
    private readonly Func<RawConnection, Task> script;
    private readonly CancellationTokenSource stopping = new();
    private readonly Channel<RawConnection> arrivals = Channel.CreateUnbounded<RawConnection>();
    private readonly Task accepting;
    private ImmutableArray<RawConnection> connections = [];

    private RawBackend(Socket listener, Func<RawConnection, Task> script)
    {
        this.listener = listener;
        this.script = script;
        EndPoint = (IPEndPoint)listener.LocalEndPoint!;
        accepting = AcceptAsync();
    }

    public IPEndPoint EndPoint { get; }

    /// <summary>All connections so far, in order of arrival, also those that have ended.</summary>
    public ImmutableArray<RawConnection> Connections => connections;

    /// <summary>Listens on a free loopback port, or where it is told. The script may read <see cref="RawConnection.Index"/> to act by turn.</summary>
    public static RawBackend Start(Func<RawConnection, Task> script, IPEndPoint? endpoint = null)
    {
        ArgumentNullException.ThrowIfNull(script);
        endpoint ??= new IPEndPoint(IPAddress.Loopback, 0);
        Socket listener = new(endpoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            listener.Bind(endpoint);
            listener.Listen(1024);
        }
        catch
        {
            listener.Dispose();
            throw;
        }

        return new RawBackend(listener, script);
    }

    /// <summary>The next connection that no call has returned yet; waits for one.</summary>
    public async Task<RawConnection> NextConnectionAsync(CancellationToken cancellation = default) =>
        await arrivals.Reader.ReadAsync(cancellation);

    public async ValueTask DisposeAsync()
    {
        await stopping.CancelAsync();
        listener.Dispose();
        await accepting;
        await Task.WhenAll(connections.Select(c => c.Ended));
        stopping.Dispose();
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptAsync(stopping.Token);
            }
            catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException)
            {
                arrivals.Writer.Complete();
                return;
            }
            catch (SocketException)
            {
                // The client left the backlog before we took it.
                continue;
            }

            socket.NoDelay = true;
            RawConnection connection = new(socket, connections.Length, stopping.Token);
            connections = connections.Add(connection);
            connection.Run(script);
            arrivals.Writer.TryWrite(connection);
        }
    }
}
