namespace NodeAgent.DataPlane.Linux;

/// <summary>A kernel pipe used as the buffer of splice(2).</summary>
/// <param name="ReadEnd">-1: no pipe.</param>
internal readonly record struct SplicePipe(int ReadEnd, int WriteEnd)
{
    /// <summary>Bytes; 64 KiB to 1 MiB measured within 10 % of each other.</summary>
    public const int Capacity = 256 * 1024;

    public static SplicePipe None { get; } = new(-1, -1);

    public bool Exists => ReadEnd >= 0;

    public void Close()
    {
        LibC.Close(ReadEnd);
        LibC.Close(WriteEnd);
    }
}

/// <summary>The spare pipes of one worker. Only empty pipes come back: a pooled byte would reach a stranger.</summary>
internal sealed class SplicePipePool(int capacity, DescriptorBudget budget)
{
    private readonly Stack<SplicePipe> _spare = new();

    /// <returns>False where no pipe can be had (descriptors or pipe memory used up): the caller copies instead.</returns>
    public bool TryRent(out SplicePipe pipe)
    {
        if (_spare.TryPop(out pipe))
        {
            return true;
        }

        if (!budget.TryTake(2))
        {
            pipe = SplicePipe.None;
            return false;
        }

        if (LibC.Pipe(SplicePipe.Capacity, out int readEnd, out int writeEnd).IsError)
        {
            budget.Give(2);
            pipe = SplicePipe.None;
            return false;
        }

        pipe = new SplicePipe(readEnd, writeEnd);
        return true;
    }

    public void Return(SplicePipe pipe, bool empty)
    {
        // Spare pipes of all workers together must never use up what connections need to be accepted at all.
        if (empty && _spare.Count < capacity && (_spare.Count + 1) * 2 <= budget.Left)
        {
            _spare.Push(pipe);
            return;
        }

        pipe.Close();
        budget.Give(2);
    }

    public void Clear()
    {
        while (_spare.TryPop(out SplicePipe pipe))
        {
            pipe.Close();
            budget.Give(2);
        }
    }
}
