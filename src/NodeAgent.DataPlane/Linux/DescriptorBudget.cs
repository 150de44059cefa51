namespace NodeAgent.DataPlane.Linux;

/// <summary>
/// How many descriptors listeners and connections may still use. Accepting stops while the budget is used up, so that what was accepted
/// can always be connected onwards, and the process keeps some for files and its own sockets.
/// </summary>
internal sealed class DescriptorBudget
{
    /// <summary>Kept back for logs, the admin server and the runtime.</summary>
    private const int Reserve = 256;

    private int _left;

    public DescriptorBudget(int limit) => _left = Math.Max(limit - Reserve, limit / 2);

    public int Left => Volatile.Read(ref _left);

    public bool TryTake(int count)
    {
        if (Interlocked.Add(ref _left, -count) >= 0)
        {
            return true;
        }

        Interlocked.Add(ref _left, count);
        return false;
    }

    public void Give(int count) => Interlocked.Add(ref _left, count);
}
