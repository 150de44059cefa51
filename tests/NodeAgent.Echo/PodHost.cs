using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text.Json;

namespace NodeAgent.Echo;

/// <summary>
/// Carries pods as it is told, one <see cref="EchoOrder"/> a line, until its input ends: whoever started it and dies
/// leaves nothing behind. Each order is answered by a line: <c>started ID</c>, <c>stopped ID</c> or <c>failed ID: WHY</c>;
/// what pods log comes as <c>log ID TEXT</c>.
/// </summary>
internal sealed class PodHost(TextReader orders, TextWriter answers) : IAsyncDisposable
{
    private readonly Dictionary<string, EchoServer> pods = new(StringComparer.Ordinal);
    private readonly Lock gate = new();

    public async Task RunAsync()
    {
        while (await orders.ReadLineAsync() is string line)
        {
            EchoOrder order = JsonSerializer.Deserialize<EchoOrder>(line, EchoJson.Line) ?? new EchoOrder();
            if (order.Start is EchoPod pod)
            {
                await StartAsync(pod);
            }

            if (order.Stop is string id)
            {
                if (pods.Remove(id, out EchoServer? server))
                {
                    await server.DisposeAsync();
                }

                Say($"stopped {id}");
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        foreach (EchoServer pod in pods.Values)
        {
            await pod.DisposeAsync();
        }
    }

    private async Task StartAsync(EchoPod pod)
    {
        try
        {
            pods.Add(pod.Id, await EchoServer.StartAsync(pod.ToOptions(text => Say($"log {pod.Id} {text}"))));
            Say($"started {pod.Id}");
        }
        catch (Exception e) when (e is SocketException or IOException or ArgumentException or FormatException or CryptographicException)
        {
            Say($"failed {pod.Id}: {e.Message}");
        }
    }

    private void Say(string line)
    {
        lock (gate)
        {
            answers.WriteLine(line);
            answers.Flush();
        }
    }
}
