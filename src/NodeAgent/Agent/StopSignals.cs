using System.Runtime.InteropServices;

namespace NodeAgent.Agent;

/// <summary>SIGTERM and SIGINT: the first asks for a graceful stop, the second ends the process at once.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly CancellationTokenSource _stop;
    private readonly PosixSignalRegistration _terminate;
    private readonly PosixSignalRegistration _interrupt;
    private int _seen;

    /// <param name="cancel">Also stops, for whoever runs us in process.</param>
    public StopSignals(CancellationToken cancel)
    {
        _stop = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        _terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal);
        _interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal);
    }

    public CancellationToken Stop => _stop.Token;

    public void Dispose()
    {
        _terminate.Dispose();
        _interrupt.Dispose();
        _stop.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        if (Interlocked.Increment(ref _seen) == 1)
        {
            _stop.Cancel();
        }
        else
        {
            // 128 + the signal's number is what shells expect of a process that a signal ended.
            Environment.Exit(context.Signal == PosixSignal.SIGINT ? 130 : 143);
        }
    }
}
