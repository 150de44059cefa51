using System.Net;
using System.Net.Sockets;
using System.Threading.Channels;
using Microsoft.AspNetCore.Connections;

namespace NodeAgent.DataPlane.Http.Transport;

/// <summary>
/// One of Kestrel's fixed logical endpoints. Nothing is bound here: connections come as they are, from the workers, so Gateway
/// listeners can come and go while the server stands.
/// </summary>
internal sealed class Door(string name) : EndPoint
{
    private readonly Channel<ConnectionContext> _connections = Channel.CreateUnbounded<ConnectionContext>(
        new UnboundedChannelOptions { SingleReader = true });

    public override AddressFamily AddressFamily => AddressFamily.Unspecified;

    public ChannelReader<ConnectionContext> Connections => _connections.Reader;

    public override string ToString() => name;

    public void Enter(ConnectionContext connection)
    {
        if (!_connections.Writer.TryWrite(connection))
        {
            connection.Abort();
            _ = connection.DisposeAsync().AsTask();
        }
    }

    public void Shut() => _connections.Writer.TryComplete();
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
            while (await door.Connections.WaitToReadAsync(cancellationToken).ConfigureAwait(false))
            {
                if (door.Connections.TryRead(out ConnectionContext? connection))
                {
                    return connection;
                }
            }

            return null;
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            door.Shut();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
