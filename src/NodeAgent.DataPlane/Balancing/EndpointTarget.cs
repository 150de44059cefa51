using System.Net;
using NodeAgent.DataPlane.Linux;

namespace NodeAgent.DataPlane.Balancing;

/// <summary>One address:port of a backend, shared by all Services that name it, for as long as one does.</summary>
internal sealed class EndpointTarget
{
    private readonly object?[] _perWorker;

    public EndpointTarget(IPEndPoint endPoint, int workers)
    {
        EndPoint = endPoint;
        Address = new SockAddr(endPoint);
        Text = endPoint.ToString();
        _perWorker = new object?[workers];
    }

    public IPEndPoint EndPoint { get; }

    public SockAddr Address { get; }

    /// <summary>For logs.</summary>
    public string Text { get; }

    /// <summary>Set once no Service names it any more: idle connections to it are not kept.</summary>
    public bool Retired { get; private set; }

    /// <summary>What a worker keeps for this endpoint (its idle connections); only that worker's thread asks.</summary>
    public T Local<T>(int worker) where T : class, new() => (T)(_perWorker[worker] ??= new T());

    public void Retire() => Retired = true;
}
