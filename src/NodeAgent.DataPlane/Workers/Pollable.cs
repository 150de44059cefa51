namespace NodeAgent.DataPlane.Workers;

/// <summary>
/// Something one worker watches: a listening socket, a relay, an HTTP connection. All members are called on, and may only be
/// called on, the worker's own thread. Holds its own timer links, so arming a timer allocates nothing.
/// </summary>
internal abstract class Pollable
{
    internal Pollable? TimerNext;
    internal Pollable? TimerPrevious;
    internal int TimerSlot = -1;

    /// <summary>Worker time in milliseconds at which <see cref="OnTimer"/> is due.</summary>
    internal long TimerDue;

    /// <param name="tag">Which of its descriptors, as given when it was watched.</param>
    /// <param name="bits">See <see cref="Linux.EpollBits"/>.</param>
    internal abstract void OnEvents(byte tag, uint bits);

    internal virtual void OnTimer(long now)
    {
    }
}
