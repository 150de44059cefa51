namespace NodeAgent.DataPlane.Workers;

/// <summary>A client connection, linked into the acceptor it came by, so that removing a listener finds its connections.</summary>
internal abstract class Connection : Pollable
{
    internal Connection? AcceptorNext;
    internal Connection? AcceptorPrevious;

    protected Acceptor? Acceptor { get; private set; }

    /// <summary>The listener is going: end as soon as it can be done without harm. May be called once only.</summary>
    internal abstract void Drain();

    /// <summary>The deadline has passed: end now.</summary>
    internal abstract void Cut();

    protected void Join(Acceptor acceptor)
    {
        Acceptor = acceptor;
        acceptor.Add(this);
    }

    protected void Leave()
    {
        Acceptor?.Remove(this);
        Acceptor = null;
    }
}
