using System.Collections.Concurrent;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace NodeAgent.DataPlane.Tests.Vips;

/// <summary>
/// Runs a test in an empty network namespace of its own, its loopback link up. Threads started by the test are in it, too, and
/// so are its continuations, since they come back to the test's thread.
/// </summary>
internal static partial class NetworkNamespace
{
    private const int NewNetwork = 0x4000_0000;

    /// <summary>Null when tests can have namespaces here, else why not.</summary>
    public static string? Unavailable { get; } = Probe();

    public static void Run(Func<Task> test)
    {
        Exception? failure = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                Ip("link set lo up");
                using var turns = new TestThread();
                turns.RunToEnd(test);
            }
            catch (Exception e)
            {
                failure = e;
            }
        });
        thread.Start();
        thread.Join();
        if (failure is not null)
        {
            throw new InvalidOperationException("the test failed in its namespace", failure);
        }
    }

    /// <summary>Runs ip(8) in the namespace of the calling thread.</summary>
    /// <returns>What it printed.</returns>
    public static string Ip(string arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo("ip", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        string output = process.StandardOutput.ReadToEnd();
        string errors = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"ip {arguments}: {errors}");
        return output;
    }

    /// <summary>The local routes of one protocol number, as ip(8) shows them.</summary>
    /// <param name="family">Empty for IPv4, <c>-6</c> for IPv6.</param>
    public static string[] Marked(string family, byte mark) =>
        Ip($"{family} route show table local proto {mark}").Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static void Enter()
    {
        if (unshare(NewNetwork) != 0)
        {
            throw new InvalidOperationException(Marshal.GetLastPInvokeErrorMessage());
        }
    }

    private static string? Probe()
    {
        string? problem = null;
        var thread = new Thread(() =>
        {
            try
            {
                Enter();
                Ip("link show");
            }
            catch (Exception e)
            {
                problem = $"needs root, network namespaces and ip(8): {e.Message}";
            }
        });
        thread.Start();
        thread.Join();
        return problem;
    }

    [LibraryImport("libc", SetLastError = true)]
    private static partial int unshare(int flags);

    private sealed class TestThread : SynchronizationContext, IDisposable
    {
        private readonly BlockingCollection<(SendOrPostCallback Callback, object? State)> _turns = [];

        public override void Post(SendOrPostCallback d, object? state) => _turns.Add((d, state));

        public void RunToEnd(Func<Task> test)
        {
            SetSynchronizationContext(this);
            Task running = test();
            running.ContinueWith(_ => _turns.CompleteAdding(), TaskScheduler.Default);
            foreach ((SendOrPostCallback callback, object? state) in _turns.GetConsumingEnumerable())
            {
                callback(state);
            }

            running.GetAwaiter().GetResult();
        }

        public void Dispose() => _turns.Dispose();
    }
}

/// <summary>A test that needs a network namespace; where there can be none it is skipped, and the skip says why.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class NamespaceFactAttribute : FactAttribute
{
    public NamespaceFactAttribute() => Skip = NetworkNamespace.Unavailable;
}
