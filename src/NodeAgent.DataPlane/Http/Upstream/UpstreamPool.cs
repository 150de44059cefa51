namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>The idle connections of one worker to one endpoint, last used first, so that surplus ones grow old and go.</summary>
internal sealed class UpstreamPool
{
    /// <summary>More than this many idle connections of one worker to one endpoint are not kept.</summary>
    private const int Capacity = 256;

    /// <summary>Shorter than the keep-alive time of common servers (Go: none, nginx: 75 s, Node.js: 5 s closes first and is noticed).</summary>
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(30);

    private readonly List<UpstreamConnection> _idle = [];

    public bool TryTake(out UpstreamConnection? connection)
    {
        connection = _idle.Count > 0 ? _idle[^1] : null;
        if (connection is null)
        {
            return false;
        }

        _idle.RemoveAt(_idle.Count - 1);
        connection.Unpark();
        return true;
    }

    /// <summary>Keeps the connection for later, or closes it when it cannot serve again.</summary>
    public void Return(UpstreamConnection connection)
    {
        if (_idle.Count < Capacity && connection.Park(connection.IdleTimeout ?? IdleTime))
        {
            _idle.Add(connection);
            if (!connection.Endpoint.MayPark(connection.WorkerId))
            {
                CloseOldest();
            }
        }
        else
        {
            connection.Close();
        }
    }

    public void Remove(UpstreamConnection connection) => _idle.Remove(connection);

    /// <summary>Makes room: a request of another worker may not connect while this one's connections lie idle.</summary>
    public void CloseOldest()
    {
        if (_idle.Count > 0)
        {
            UpstreamConnection oldest = _idle[0];
            _idle.RemoveAt(0);
            oldest.Unpark();
            oldest.Close();
        }
    }

    /// <summary>Closes all idle connections: the endpoint is gone, or their descriptors are wanted.</summary>
    public void Clear()
    {
        foreach (UpstreamConnection connection in _idle)
        {
            connection.Unpark();
            connection.Close();
        }

        _idle.Clear();
    }
}
