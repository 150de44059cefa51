using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace NodeAgent.DataPlane.Tests.Http.EndToEnd;

/// <summary>How a connection ended.</summary>
internal enum Ending
{
    /// <summary>FIN.</summary>
    Closed,

    /// <summary>RST.</summary>
    Reset,
}

/// <summary>A client that sends exactly the bytes it is told and reads answers by their framing. Text is Latin-1.</summary>
internal sealed class RawClient : IDisposable
{
    private readonly Socket _socket;
    private readonly StringBuilder _decoded = new();
    private byte[] _buffer = new byte[64 * 1024];
    private int _start;
    private int _end;

    private RawClient(Socket socket) => _socket = socket;

    public static TimeSpan Deadline { get; } = TimeSpan.FromSeconds(20);

    public EndPoint LocalEndPoint => _socket.LocalEndPoint!;

    /// <param name="receiveBuffer">Bytes of the kernel's receive buffer; 0 leaves it as it is.</param>
    public static async Task<RawClient> ConnectAsync(IPEndPoint endPoint, int receiveBuffer = 0)
    {
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        using var deadline = new CancellationTokenSource(Deadline);
        await socket.ConnectAsync(endPoint, deadline.Token);
        return new RawClient(socket);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        using var deadline = new CancellationTokenSource(Deadline);
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await _socket.SendAsync(bytes, deadline.Token)..];
        }
    }

    /// <summary>FIN: nothing more is sent, reading goes on.</summary>
    public void ShutdownSend() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with RST.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    public void Dispose() => _socket.Dispose();

    /// <exception cref="EndOfStreamException">The answer was cut off.</exception>
    public async Task<RawResponse> ReadResponseAsync(bool toHead = false)
    {
        RawResponse head = await ReadHeadAsync();
        if (toHead || head.Status is < 200 or 204 or 304)
        {
            return head;
        }

        if (head.Header("Transfer-Encoding") == "chunked")
        {
            return head with { Body = await ReadChunkedAsync() };
        }

        return head with
        {
            Body = head.Header("Content-Length") is { } length
                ? await ReadAsync(int.Parse(length, CultureInfo.InvariantCulture))
                : await ReadToEndAsync(),
        };
    }

    public async Task<RawResponse> ReadHeadAsync() => RawResponse.Parse(await ReadThroughAsync("\r\n\r\n"u8.ToArray()));

    /// <summary>Takes <paramref name="text"/> from the body, however its chunks are cut.</summary>
    public async Task ExpectBodyAsync(string text)
    {
        while (_decoded.Length < text.Length)
        {
            string chunk = await ReadChunkAsync();
            Assert.NotEqual("", chunk);
            _decoded.Append(chunk);
        }

        Assert.Equal(text, _decoded.ToString(0, text.Length));
        _decoded.Remove(0, text.Length);
    }

    /// <returns>The next chunk; empty for the last.</returns>
    public async Task<string> ReadChunkAsync()
    {
        string line = await ReadThroughAsync("\r\n"u8.ToArray());
        string data = await ReadAsync(int.Parse(line.Trim(), NumberStyles.HexNumber, CultureInfo.InvariantCulture));
        Assert.Equal("\r\n", await ReadAsync(2));
        return data;
    }

    public async Task<string> ReadAsync(int count)
    {
        while (_end - _start < count)
        {
            await ReadMoreAsync();
        }

        return Take(count);
    }

    /// <summary>All that comes until the peer closes; a reset is an error.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await TryReadMoreAsync())
        {
        }

        return Take(_end - _start);
    }

    /// <summary>All that comes until the connection ends, one way or the other.</summary>
    public async Task<(string Text, Ending Ending)> ReadUntilEndAsync()
    {
        try
        {
            return (await ReadToEndAsync(), Ending.Closed);
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
        {
            return (Take(_end - _start), Ending.Reset);
        }
    }

    private async Task<string> ReadChunkedAsync()
    {
        var body = new StringBuilder();
        while (true)
        {
            string chunk = await ReadChunkAsync();
            if (chunk.Length == 0)
            {
                return body.ToString();
            }

            body.Append(chunk);
        }
    }

    private async Task<string> ReadThroughAsync(byte[] mark)
    {
        int at;
        while ((at = _buffer.AsSpan(_start, _end - _start).IndexOf(mark)) < 0)
        {
            await ReadMoreAsync();
        }

        return Take(at + mark.Length);
    }

    private string Take(int count)
    {
        string text = Encoding.Latin1.GetString(_buffer, _start, count);
        _start += count;
        return text;
    }

    private async Task ReadMoreAsync()
    {
        if (!await TryReadMoreAsync())
        {
            throw new EndOfStreamException($"the gateway closed; left over: {Encoding.Latin1.GetString(_buffer, _start, _end - _start)}");
        }
    }

    private async Task<bool> TryReadMoreAsync()
    {
        if (_start > 0)
        {
            Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
            (_start, _end) = (0, _end - _start);
        }

        if (_end == _buffer.Length)
        {
            Array.Resize(ref _buffer, _buffer.Length * 2);
        }

        using var deadline = new CancellationTokenSource(Deadline);
        int read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), deadline.Token);
        _end += read;
        return read > 0;
    }
}

/// <summary>An answer as it stood on the wire.</summary>
internal sealed record RawResponse(int Status, string Head, string Body)
{
    public static RawResponse Parse(string head) => new(int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture), head, "");

    /// <summary>The value of the only field of that name; null without one.</summary>
    public string? Header(string name) => Headers(name).SingleOrDefault();

    public IEnumerable<string> Headers(string name) => Head.Split("\r\n").Skip(1)
        .Select(line => line.Split(':', 2))
        .Where(field => field.Length == 2 && field[0].Equals(name, StringComparison.OrdinalIgnoreCase))
        .Select(field => field[1].Trim());
}
