using System.Net;
using System.Net.Sockets;
using System.Text;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Health;

/// <summary>One check of one endpoint. Whatever goes wrong with the endpoint is an answer, not an exception.</summary>
internal sealed class HealthProbe : IDisposable
{
    /// <summary>Bytes of an HTTP answer that are looked at: its status line.</summary>
    private const int StatusLine = 12;

    private readonly HttpMessageInvoker _http2 = new(
        new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, ActivityHeadersPropagator = null });

    public void Dispose() => _http2.Dispose();

    /// <param name="cancel">When the check has taken too long: then it has failed.</param>
    public async Task<bool> IsGoodAsync(HealthTarget target, CancellationToken cancel)
    {
        try
        {
            return target.Check.Type switch
            {
                HealthCheckType.Http => IsExpected(await HttpStatusAsync(target, cancel), target.Check),
                HealthCheckType.Grpc => await GrpcHealth.IsServingAsync(_http2, target.Probed, target.Check.Service, cancel),
                _ => await ConnectsAsync(target.Probed, cancel),
            };
        }
        catch (Exception e) when (e is SocketException or IOException or HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }

    internal static bool IsExpected(int status, HealthCheckConfig check) =>
        check.Statuses is { IsDefaultOrEmpty: false } expected
            ? expected.Any(r => status >= r.From && status <= r.To)
            : status is >= 200 and < 400;

    /// <returns>0 when the answer is no HTTP/1.x.</returns>
    internal static int StatusOf(ReadOnlySpan<byte> line) =>
        line.Length == StatusLine && line.StartsWith("HTTP/1."u8) && line[8] == ' ' && int.TryParse(line[9..], out int status) ? status : 0;

    private static async Task<bool> ConnectsAsync(IPEndPoint endPoint, CancellationToken cancel)
    {
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(endPoint, cancel);
        return true;
    }

    private static async Task<int> HttpStatusAsync(HealthTarget target, CancellationToken cancel)
    {
        IPEndPoint endPoint = target.Probed;
        using var socket = new Socket(endPoint.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        await socket.ConnectAsync(endPoint, cancel);
        string request = $"GET {target.Check.Path ?? "/"} HTTP/1.1\r\nHost: {target.Check.Host ?? endPoint.ToString()}\r\n"
            + "User-Agent: nodeagent-health\r\nConnection: close\r\n\r\n";
        await socket.SendAsync(Encoding.Latin1.GetBytes(request), cancel);
        byte[] line = new byte[StatusLine];
        int filled = 0;
        while (filled < line.Length)
        {
            int read = await socket.ReceiveAsync(line.AsMemory(filled), cancel);
            if (read == 0)
            {
                return 0;
            }

            filled += read;
        }

        return StatusOf(line);
    }
}
