using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace NodeAgent.DataPlane.Http.Transport;

/// <summary>What Kestrel sees of an <see cref="HttpConnection"/>.</summary>
internal sealed class HttpConnectionContext : ConnectionContext, IDuplexPipe
{
    private static long s_lastId;

    private readonly HttpConnection _connection;
    private readonly CancellationTokenSource _closed = new();
    private IConnectionLifetimeNotificationFeature? _lifetime;

    public HttpConnectionContext(HttpConnection connection)
    {
        _connection = connection;
        Transport = this;
        ConnectionClosed = _closed.Token;
        Features.Set(connection);
        Features.Set<IMemoryPoolFeature>(KestrelMemory.Shared);
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

    public override ValueTask DisposeAsync()
    {
        _connection.CloseWhenSent();
        return ValueTask.CompletedTask;
    }

    /// <summary>Kestrel has taken the connection: from now on it can be asked to close it.</summary>
    public void NoteServed()
    {
        Volatile.Write(ref _lifetime, Features.Get<IConnectionLifetimeNotificationFeature>());
        Interlocked.MemoryBarrier();
        if (_connection.Draining)
        {
            RequestClose();
        }
    }

    /// <summary>HTTP/1.1 ends after the current request, HTTP/2 after its streams (GOAWAY).</summary>
    public void RequestClose() => Volatile.Read(ref _lifetime)?.RequestClose();

    // Off the loop: what is registered for it (request aborts) is not ours and may take its time.
    public void FireClosed() => ThreadPool.UnsafeQueueUserWorkItem(static source => source.Cancel(), _closed, preferLocal: false);
}
