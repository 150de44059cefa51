using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace NodeAgent.DataPlane.Http.Transport;

/// <summary>What Kestrel sees of an <see cref="HttpConnection"/>.</summary>
internal sealed class HttpConnectionContext
    : ConnectionContext, IDuplexPipe, IConnectionHeartbeatFeature, IConnectionLifetimeNotificationFeature
{
    private static long s_lastId;

    private readonly HttpConnection _connection;
    private readonly CancellationTokenSource _closed = new();
    private readonly CancellationTokenSource _closeRequested = new();
    private (Action<object> Action, object State)[] _heartbeats = [];

    public HttpConnectionContext(HttpConnection connection)
    {
        _connection = connection;
        Transport = this;
        ConnectionClosed = _closed.Token;
        Features.Set(connection);
        Features.Set<IMemoryPoolFeature>(KestrelMemory.Shared);
        Features.Set<IConnectionHeartbeatFeature>(this);
        Features.Set<IConnectionLifetimeNotificationFeature>(this);
        ConnectionClosedRequested = _closeRequested.Token;
        LocalEndPoint = connection.Binding.EndPoint;
        RemoteEndPoint = connection.Peer.ToEndPoint();
    }

    public override string ConnectionId
    {
        get => field ??= Interlocked.Increment(ref s_lastId).ToString(System.Globalization.CultureInfo.InvariantCulture);
        set;
    }

    public override IFeatureCollection Features { get; } = new FeatureCollection(initialCapacity: 8);

    public override IDictionary<object, object?> Items
    {
        get => field ??= new Dictionary<object, object?>();
        set;
    }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint { get; set; }

    public override EndPoint? RemoteEndPoint { get; set; }

    PipeReader IDuplexPipe.Input => _connection.Reader;

    PipeWriter IDuplexPipe.Output => _connection.Writer;

    public override void Abort(ConnectionAbortedException abortReason) => _connection.Abort();

    /// <summary>Place in the worker's heartbeat list; -1 outside it.</summary>
    public int HeartbeatIndex { get; set; } = -1;

    public CancellationToken ConnectionClosedRequested { get; set; }

    void IConnectionHeartbeatFeature.OnHeartbeat(Action<object> action, object state) =>
        _heartbeats = [.. _heartbeats, (action, state)];

    public void Beat()
    {
        foreach ((Action<object> action, object state) in _heartbeats)
        {
            action(state);
        }
    }

    /// <summary>HTTP/1.1 ends after the current request, HTTP/2 after its streams (GOAWAY).</summary>
    public void RequestClose() => _closeRequested.Cancel();

    // Off the loop: what is registered for it (request aborts) is not ours and may take its time.
    public void FireClosed() => ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), _closed, preferLocal: false);
}
