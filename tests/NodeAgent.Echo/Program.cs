using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using NodeAgent.Echo;

CommandLine command = CommandLine.Parse(args, Environment.GetEnvironmentVariable);
if (command.Help)
{
    Console.WriteLine(CommandLine.Usage);
    return 0;
}

if (command.Problem is not null)
{
    Console.Error.WriteLine($"nodeagent-echo: {command.Problem}");
    Console.Error.WriteLine(CommandLine.Usage);
    return 2;
}

if (command.Pods)
{
    await using PodHost host = new(Console.In, Console.Out);
    await host.RunAsync();
    return 0;
}

TaskCompletionSource stop = new(TaskCreationOptions.RunContinuationsAsynchronously);
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.TrySetResult();
}

using PosixSignalRegistration onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using PosixSignalRegistration onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);

EchoServer echo;
try
{
    echo = await EchoServer.StartAsync(command.Options with { Log = command.Quiet ? null : Console.Error.WriteLine });
}
catch (Exception e) when (e is SocketException or IOException)
{
    Console.Error.WriteLine($"nodeagent-echo: {e.Message}");
    return 1;
}

await using (echo)
{
    foreach ((string protocol, IPEndPoint endpoint) in echo.Sockets)
    {
        Console.WriteLine($"listening {protocol} {endpoint}");
    }

    await stop.Task;
}

return 0;
