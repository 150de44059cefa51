using System.IO.Pipelines;
using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace NodeAgent.DataPlane.Http.Transport;

/// <summary>
/// One of Kestrel's fixed logical endpoints. Nothing is bound here: connections come as they are, from the workers, so Gateway
/// listeners can come and go while the server stands. A connection is served right on its worker's thread, by the delegate that
/// Kestrel built for this endpoint; going through Kestrel's own accept loop would cost it two changes of thread.
/// </summary>
internal sealed class Door(string name) : EndPoint
{
    private readonly TaskCompletionSource<(Type Key, object Feature)[]> _learned =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    private (Type Key, object Feature)[] _kestrelFeatures = [];
    private ConnectionDelegate? _serve;

    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    /// <summary>The one connection that does go through Kestrel's accept loop: see <see cref="OpenAsync"/>.</summary>
    public Channel<ConnectionContext> Scouts { get; } = Channel.CreateUnbounded<ConnectionContext>();

    public override string ToString() => name;

    /// <summary>Taken up by Kestrel when the server starts.</summary>
    public void Configure(ListenOptions listen, HttpProtocols protocols)
    {
        listen.Protocols = protocols;
        listen.Use(next =>
        {
            _serve = next;
            return scout =>
            {
                _learned.TrySetResult([.. scout.Features.Where(f => IsKestrelOnly(f.Key)).Select(f => (f.Key, f.Value))]);
                return Task.CompletedTask;
            };
        });
    }

    /// <summary>
    /// Sends a scout through the started server. Kestrel puts features on a connection that only it can make (its metrics context), and its
    /// HTTP layer asks for them; they say nothing about a single connection while nobody listens to Kestrel's own meters, so what the scout
    /// was given serves all.
    /// </summary>
    public async Task OpenAsync()
    {
        var scout = new DefaultConnectionContext("scout") { Transport = new EmptyPipe() };
        Scouts.Writer.TryWrite(scout);
        _kestrelFeatures = await _learned.Task;
    }

    /// <summary>Serves a connection to its end; on its worker's thread.</summary>
    public Task ServeAsync(ConnectionContext connection)
    {
        foreach ((Type key, object feature) in _kestrelFeatures)
        {
            connection.Features[key] = feature;
        }

        return _serve!(connection);
    }

    private static bool IsKestrelOnly(Type feature) =>
        !feature.IsPublic && feature.Assembly == typeof(KestrelServer).Assembly;

    private sealed class EmptyPipe : IDuplexPipe
    {
        public PipeReader Input { get; } = PipeReader.Create(Stream.Null);

        public PipeWriter Output { get; } = PipeWriter.Create(Stream.Null);
    }
}

/// <summary>How Kestrel listens on a <see cref="Door"/>.</summary>
internal sealed class DoorListenerFactory : IConnectionListenerFactory, IConnectionListenerFactorySelector
{
    public bool CanBind(EndPoint endpoint) => endpoint is Door;

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) =>
        ValueTask.FromResult<IConnectionListener>(new Listener((Door)endpoint));

    private sealed class Listener(Door door) : IConnectionListener
    {
        public EndPoint EndPoint => door;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (await door.Scouts.Reader.WaitToReadAsync(cancellationToken))
            {
                if (door.Scouts.Reader.TryRead(out ConnectionContext? connection))
                {
                    return connection;
                }
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            door.Scouts.Writer.TryComplete();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
