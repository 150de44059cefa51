using System.Runtime.CompilerServices;

namespace NodeAgent.DataPlane.Workers;

/// <summary>Awaited, it goes on on the worker's thread; free when it is there already.</summary>
internal readonly struct WorkerSwitch(Worker worker) : ICriticalNotifyCompletion
{
    public bool IsCompleted => worker.IsCurrent;

    public WorkerSwitch GetAwaiter() => this;

    public void GetResult()
    {
    }

    public void OnCompleted(Action continuation) => UnsafeOnCompleted(continuation);

    public void UnsafeOnCompleted(Action continuation) =>
        worker.Post(static action => ((Action)action!)(), continuation);
}
