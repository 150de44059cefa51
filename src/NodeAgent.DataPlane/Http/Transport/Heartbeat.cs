using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http.Transport;

/// <summary>
/// Tells the HTTP connections of one worker once a second that time has passed: that is how Kestrel's own timeouts (request head,
/// keep-alive) come about. On the worker's thread only.
/// </summary>
internal sealed class Heartbeat(Worker worker) : Pollable
{
    private const int PeriodMilliseconds = 1000;

    private readonly List<HttpConnectionContext> _connections = [];

    public void Add(HttpConnectionContext connection)
    {
        connection.HeartbeatIndex = _connections.Count;
        _connections.Add(connection);
        if (_connections.Count == 1)
        {
            worker.Timers.Arm(this, worker.Now + PeriodMilliseconds);
        }
    }

    public void Remove(HttpConnectionContext connection)
    {
        int index = connection.HeartbeatIndex;
        if (index < 0)
        {
            return;
        }

        HttpConnectionContext last = _connections[^1];
        _connections[index] = last;
        last.HeartbeatIndex = index;
        _connections.RemoveAt(_connections.Count - 1);
        connection.HeartbeatIndex = -1;
        if (_connections.Count == 0)
        {
            worker.Timers.Disarm(this);
        }
    }

    internal override void OnEvents(byte tag, uint bits)
    {
    }

    internal override void OnTimer(long now)
    {
        // A timeout may end connections, which then leave the list: from the back nobody is missed.
        for (int i = _connections.Count - 1; i >= 0; i--)
        {
            if (i < _connections.Count)
            {
                _connections[i].Beat();
            }
        }

        if (_connections.Count > 0)
        {
            worker.Timers.Arm(this, now + PeriodMilliseconds);
        }
    }
}
