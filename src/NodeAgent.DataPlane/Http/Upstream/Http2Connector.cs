using System.Diagnostics;
using System.Net.Sockets;
using System.Runtime.CompilerServices;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>No connection came about, so nothing of the request was sent.</summary>
internal sealed class Http2ConnectException(UpstreamFault fault) : IOException(UpstreamFaults.NameOf(fault))
{
    public UpstreamFault Fault => fault;
}

/// <summary>Opens the connections of HTTP/2 backends; runs on the pool.</summary>
internal sealed class Http2Connector(TimeSpan timeout)
{
    private const int TcpLevel = 6;
    private const int UserTimeoutOption = 18;

    /// <summary>
    /// Milliseconds. One connection carries many requests, so one that died without a word must not take them for the many minutes
    /// that TCP tries. HTTP/2 pings would tell as well, but gRPC servers close connections that ping more often than every 5 minutes.
    /// </summary>
    private const int DeadAfter = 20_000;

    private readonly ConditionalWeakTable<EndpointTarget, Failure> _failures = [];

    /// <exception cref="Http2ConnectException">Always when it fails.</exception>
    public async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext connection, CancellationToken cancel)
    {
        var request = (Http2Request)connection.InitialRequestMessage;
        if (_failures.TryGetValue(request.Endpoint, out Failure? last) && last.At > request.Started)
        {
            // SocketsHttpHandler tries once for each waiting request, one after the other: all that waited for this try fail with it.
            throw new Http2ConnectException(last.Fault);
        }

        if (!request.Endpoint.TryOpenConnection(request.Settings.MaxConnections))
        {
            throw new Http2ConnectException(UpstreamFault.Overloaded);
        }

        if (!request.Budget.TryTake(1))
        {
            request.Endpoint.CloseConnection();
            throw new Http2ConnectException(UpstreamFault.NoDescriptors);
        }

        Socket? socket = null;
        try
        {
            socket = new Socket(request.Endpoint.EndPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            NoticeDeath(socket);
            using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
            patience.CancelAfter(request.Settings.ConnectTimeout ?? timeout);
            await socket.ConnectAsync(request.Endpoint.EndPoint, patience.Token).ConfigureAwait(false);
            // A peer that is gone already makes this throw. The handler asks the same next, and would leave the connection open.
            _ = socket.RemoteEndPoint;
            request.MadeConnection = true;
            return new BudgetedStream(socket, request.Endpoint, request.Budget);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            socket?.Dispose();
            request.Budget.Give(1);
            request.Endpoint.CloseConnection();
            UpstreamFault fault = e switch
            {
                OperationCanceledException => UpstreamFault.ConnectTimeout,
                SocketException { SocketErrorCode: SocketError.TooManyOpenSockets } => UpstreamFault.NoDescriptors,
                SocketException { SocketErrorCode: SocketError.TimedOut } => UpstreamFault.ConnectTimeout,
                _ => UpstreamFault.ConnectFailed,
            };
            _failures.AddOrUpdate(request.Endpoint, new Failure(Stopwatch.GetTimestamp(), fault));
            throw new Http2ConnectException(fault);
        }
    }

    private static void NoticeDeath(Socket socket)
    {
        socket.SetSocketOption(SocketOptionLevel.Socket, SocketOptionName.KeepAlive, true);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveTime, DeadAfter / 2000);
        socket.SetSocketOption(SocketOptionLevel.Tcp, SocketOptionName.TcpKeepAliveInterval, DeadAfter / 4000);
        socket.SetRawSocketOption(TcpLevel, UserTimeoutOption, BitConverter.GetBytes(DeadAfter));
    }

    private sealed record Failure(long At, UpstreamFault Fault);

    private sealed class BudgetedStream(Socket socket, EndpointTarget endpoint, DescriptorBudget budget) : NetworkStream(socket, ownsSocket: true)
    {
        private int _given;

        protected override void Dispose(bool disposing)
        {
            base.Dispose(disposing);
            if (Interlocked.Exchange(ref _given, 1) == 0)
            {
                budget.Give(1);
                endpoint.CloseConnection();
            }
        }
    }
}
