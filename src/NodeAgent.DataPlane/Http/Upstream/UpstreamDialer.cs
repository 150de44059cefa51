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
    public ValueTask<Dialed> DialAsync(ProxyContext context, BackendPool pool, BackendState backend, bool fresh)
    {
        EndpointTarget[] endpoints = backend.Endpoints;
        int first = pool.First(context.Worker, endpoints, backend.Settings, RequestKey.Of(context, backend.Settings.LoadBalancing));
        return !fresh && TryTakeIdle(context, endpoints[first], out UpstreamConnection? idle)
            ? new ValueTask<Dialed>(new Dialed(idle, UpstreamFault.None))
            : ConnectAsync(context, backend, first, fresh, pool);
    }

    private static bool TryTakeIdle(ProxyContext context, EndpointTarget endpoint, out UpstreamConnection? idle)
    {
        context.Endpoint = endpoint.Text;
        if (!endpoint.Local<UpstreamPool>(context.Worker.Id).TryTake(out idle))
        {
            return false;
        }

        context.Tries++;
        return true;
    }

    private async ValueTask<Dialed> ConnectAsync(ProxyContext context, BackendState backend, int first, bool fresh, BackendPool pool)
    {
        (Dialed dialed, bool full) = await TryAllAsync(context, backend, first, fresh);
        if (!full || dialed.Connection is not null)
        {
            return dialed;
        }

        // Connections that lie idle with other workers are no load: they make room at once.
        if (Array.Find(backend.Endpoints, e => e.Idle() > 0) is { } idle)
        {
            return await WaitForRoomAsync(context, backend, Array.IndexOf(backend.Endpoints, idle));
        }

        if (!pool.TryWait(backend.Settings.MaxPending))
        {
            return new Dialed(null, UpstreamFault.Overloaded);
        }

        dialed = await WaitForRoomAsync(context, backend, first);
        pool.StopWaiting();
        return dialed;
    }

    /// <summary>All endpoints are full: waits for one of them, as long as a connect may take.</summary>
    private async ValueTask<Dialed> WaitForRoomAsync(ProxyContext context, BackendState backend, int first)
    {
        Worker worker = context.Worker;
        EndpointTarget endpoint = backend.Endpoints[first];
        long deadline = worker.Now + (long)ConnectTimeout(backend).TotalMilliseconds;
        while (true)
        {
            var request = new WaitingRequest(worker);
            endpoint.Enqueue(request);
            foreach (Worker sibling in worker.Siblings)
            {
                if (sibling != worker)
                {
                    sibling.Post(_ => endpoint.Local<UpstreamPool>(sibling.Id).CloseOldest(), null);
                }
            }

            if (endpoint.Connections < backend.Settings.MaxConnections)
            {
                // Room was made before anybody could know that it is waited for.
                endpoint.WakeNext();
            }

            if (await request.WaitAsync(TimeSpan.FromMilliseconds(deadline - worker.Now)) != 0)
            {
                return new Dialed(null, UpstreamFault.Overloaded);
            }

            if (context.ClientGone)
            {
                endpoint.WakeNext();
                return new Dialed(null, UpstreamFault.ClientGone);
            }

            (Dialed dialed, bool full) = await TryAllAsync(context, backend, first, fresh: false);
            if (!full || dialed.Connection is not null)
            {
                return dialed;
            }

            if (deadline <= worker.Now)
            {
                return new Dialed(null, UpstreamFault.Overloaded);
            }
        }
    }

    /// <summary>Each endpoint once, from <paramref name="first"/> on.</summary>
    /// <returns>Full: no connection came about, and at least one endpoint may have no more of them.</returns>
    private async ValueTask<(Dialed Dialed, bool Full)> TryAllAsync(ProxyContext context, BackendState backend, int first, bool fresh)
    {
        Worker worker = context.Worker;
        EndpointTarget[] endpoints = backend.Endpoints;
        UpstreamFault fault = UpstreamFault.ConnectFailed;
        bool full = false;
        for (int i = 0; i < endpoints.Length; i++)
        {
            EndpointTarget endpoint = endpoints[(first + i) % endpoints.Length];
            if (!fresh && backend.Settings.MaxConnections != int.MaxValue && TryTakeIdle(context, endpoint, out UpstreamConnection? idle))
            {
                return (new Dialed(idle, UpstreamFault.None), false);
            }

            context.Endpoint = endpoint.Text;
            SysResult opened = UpstreamConnection.TryOpen(
                worker, endpoint, options.BackendTimeout, backend.Settings, out UpstreamConnection? connection);
            if (opened.Errno == Errno.Busy)
            {
                full = true;
                continue;
            }

            context.Tries++;
            if (opened.Errno is Errno.MFile or Errno.NFile)
            {
                return (new Dialed(null, UpstreamFault.NoDescriptors), false);
            }

            if (connection is null)
            {
                fault = UpstreamFault.ConnectFailed;
                continue;
            }

            context.WatchClient(connection);
            int errno = await connection.WaitWritable(ConnectTimeout(backend));
            context.WatchClient(null);
            errno = errno == 0 ? connection.ConnectError() : errno;
            if (errno == 0)
            {
                return (new Dialed(connection, UpstreamFault.None), false);
            }

            connection.Close();
            if (errno == Errno.Canceled)
            {
                return (new Dialed(null, UpstreamFault.ClientGone), false);
            }

            fault = errno == Errno.TimedOut ? UpstreamFault.ConnectTimeout : UpstreamFault.ConnectFailed;
        }

        return (new Dialed(null, fault), full);
    }

    private TimeSpan ConnectTimeout(BackendState backend) => backend.Settings.ConnectTimeout ?? options.ConnectTimeout;
}
