using System.Net;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Health;

/// <summary>One endpoint of one backend, as it is to be checked.</summary>
/// <param name="Backend">The resource id.</param>
internal sealed record HealthTarget(string Backend, IPEndPoint EndPoint, HealthCheckConfig Check)
{
    /// <summary>Where the check goes to.</summary>
    public IPEndPoint Probed => Check.Port is int port ? new IPEndPoint(EndPoint.Address, port) : EndPoint;
}
