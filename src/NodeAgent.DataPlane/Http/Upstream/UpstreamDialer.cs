using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <param name="Connection">Null with a fault.</param>
internal readonly record struct Dialed(UpstreamConnection? Connection, UpstreamFault Fault);

/// <summary>Finds a connection to one of a backend's endpoints: an idle one, or a new one, or one to the next endpoint.</summary>
internal sealed class UpstreamDialer(DataPlaneOptions options)
{
    /// <param name="fresh">Take no idle connection: one of them has just turned out to be dead.</param>
    public ValueTask<Dialed> DialAsync(ProxyContext context, BackendPool pool, EndpointTarget[] endpoints, bool fresh)
    {
        int first = pool.NextIndex(context.Worker, endpoints.Length);
        EndpointTarget endpoint = endpoints[first];
        context.Endpoint = endpoint.Text;
        if (!fresh && endpoint.Local<UpstreamPool>(context.Worker.Id).TryTake(out UpstreamConnection? idle))
        {
            context.Tries++;
            return new ValueTask<Dialed>(new Dialed(idle, UpstreamFault.None));
        }

        return ConnectAsync(context, endpoints, first);
    }

    private async ValueTask<Dialed> ConnectAsync(ProxyContext context, EndpointTarget[] endpoints, int first)
    {
        Worker worker = context.Worker;
        UpstreamFault fault = UpstreamFault.ConnectFailed;
        for (int i = 0; i < endpoints.Length; i++)
        {
            EndpointTarget endpoint = endpoints[(first + i) % endpoints.Length];
            context.Endpoint = endpoint.Text;
            context.Tries++;
            SysResult opened = UpstreamConnection.TryOpen(worker, endpoint, options.BackendTimeout, out UpstreamConnection? connection);
            if (opened.Errno is Errno.MFile or Errno.NFile)
            {
                return new Dialed(null, UpstreamFault.NoDescriptors);
            }

            if (connection is null)
            {
                fault = UpstreamFault.ConnectFailed;
                continue;
            }

            context.WatchClient(connection);
            int errno = await connection.WaitWritable(options.ConnectTimeout);
            context.WatchClient(null);
            errno = errno == 0 ? connection.ConnectError() : errno;
            if (errno == 0)
            {
                return new Dialed(connection, UpstreamFault.None);
            }

            connection.Close();
            if (errno == Errno.Canceled)
            {
                return new Dialed(null, UpstreamFault.ClientGone);
            }

            fault = errno == Errno.TimedOut ? UpstreamFault.ConnectTimeout : UpstreamFault.ConnectFailed;
        }

        return new Dialed(null, fault);
    }
}
