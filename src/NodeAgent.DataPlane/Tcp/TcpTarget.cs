using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Logging;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Tcp;

/// <summary>What every relay of this process shares.</summary>
/// <param name="Logs">One a worker; empty when the access log is off.</param>
internal sealed record TcpEnvironment(DataPlaneOptions Options, LogBuffer[] Logs);

/// <summary>What a TCP listener does with a connection, as one snapshot has it.</summary>
/// <param name="Listener">NS/GATEWAY/LISTENER, for logs.</param>
/// <param name="Route">NS/NAME of the TCPRoute; null when none is attached.</param>
/// <param name="Shares">Null: no route is attached, connections are reset.</param>
internal sealed record TcpTarget(
    TcpEnvironment Environment,
    string Listener,
    string? Route,
    WeightedShares? Shares,
    TcpCounters Counters) : IListenerTarget
{
    public void Accept(Acceptor acceptor, int fd, in SockAddr peer)
    {
        int worker = acceptor.Worker.Id;
        Counters.CountOpened(worker);
        WeightedShares.Share? share = Shares?.Pick(acceptor.Worker);
        BackendState? backend = share?.Pool?.Current;
        if (backend is { Endpoints.Length: > 0 })
        {
            TcpRelay.Start(acceptor, this, fd, peer, share!.Pool!, backend);
            return;
        }

        LibC.ResetOnClose(fd);
        LibC.Close(fd);
        acceptor.Worker.Budget.Give(Acceptor.DescriptorsPerConnection);
        Counters.CountEnd(worker, TcpEnd.NoBackend);
        TcpLog.Write(this, acceptor.Worker, new TcpLogEntry(peer, null, 0, 0, 0, TcpEnd.NoBackend));
    }
}
