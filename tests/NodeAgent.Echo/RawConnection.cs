using System.Diagnostics.CodeAnalysis;
using System.Net.Sockets;
using System.Text;

namespace NodeAgent.Echo;

/// <summary>One accepted connection of a <see cref="RawBackend"/>. All text is Latin-1: one character is one byte.</summary>
[SuppressMessage("Design", "CA1001", Justification = "The script's end closes the socket.")]
public sealed class RawConnection
{
    private readonly Socket socket;
    private readonly CancellationToken stopping;
    private readonly MemoryStream received = new();
    private readonly TaskCompletionSource ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int consumed;

    internal RawConnection(Socket socket, int index, CancellationToken stopping)
    {
        this.socket = socket;
        this.stopping = stopping;
        Index = index;
    }

    /// <summary>0 for the first connection the backend took.</summary>
    public int Index { get; }

    /// <summary>Done when the script has ended and the socket is closed; it never fails.</summary>
    public Task Ended => ended.Task;

    /// <summary>What ended the script early, if anything: the peer's reset, an end of stream, or an error of the script itself.</summary>
    public Exception? Fault { get; private set; }

    /// <summary>Every byte read so far.</summary>
    public string Received
    {
        get
        {
            lock (received)
            {
                return Encoding.Latin1.GetString(received.GetBuffer(), 0, (int)received.Length);
            }
        }
    }

    /// <summary>The next request or response head, up to and with its empty line.</summary>
    /// <exception cref="EndOfStreamException">The peer closed before it was whole.</exception>
    public async Task<string> ReadHeadAsync()
    {
        int end;
        while ((end = Received.IndexOf("\r\n\r\n", consumed, StringComparison.Ordinal)) < 0)
        {
            await ReadMoreAsync();
        }

        return Consume(end + 4 - consumed);
    }

    /// <exception cref="EndOfStreamException">The peer closed before <paramref name="count"/> bytes came.</exception>
    public async Task<string> ReadAsync(int count)
    {
        while (received.Length - consumed < count)
        {
            await ReadMoreAsync();
        }

        return Consume(count);
    }

    /// <summary>All that comes until the peer closes its side.</summary>
    public async Task<string> ReadToEndAsync()
    {
        while (await TryReadMoreAsync())
        {
        }

        return Consume((int)received.Length - consumed);
    }

    public Task SendAsync(string text) => SendAsync(Encoding.Latin1.GetBytes(text));

    public async Task SendAsync(ReadOnlyMemory<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            bytes = bytes[await socket.SendAsync(bytes, stopping)..];
        }
    }

    /// <summary>FIN: nothing more is sent, reading goes on.</summary>
    public void ShutdownSend() => socket.Shutdown(SocketShutdown.Send);

    /// <summary>Closes with FIN. With unread bytes in the socket the kernel makes it RST.</summary>
    public void Close() => socket.Dispose();

    /// <summary>Closes with RST.</summary>
    public void Reset()
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Dispose();
    }

    /// <summary>Neither reads nor writes until the backend is disposed.</summary>
    public Task HangAsync() => Task.Delay(Timeout.Infinite, stopping);

    internal async void Run(Func<RawConnection, Task> script)
    {
        await Task.Yield();
        try
        {
            await script(this);
        }
#pragma warning disable CA1031 // The test reads Fault; an async void must not throw.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Fault = e;
        }

        socket.Dispose();
        ended.SetResult();
    }

    private string Consume(int count)
    {
        string text = Encoding.Latin1.GetString(received.GetBuffer(), consumed, count);
        consumed += count;
        return text;
    }

    private async Task ReadMoreAsync()
    {
        if (!await TryReadMoreAsync())
        {
            throw new EndOfStreamException($"the peer closed after {received.Length} bytes");
        }
    }

    private async Task<bool> TryReadMoreAsync()
    {
        byte[] buffer = new byte[16 * 1024];
        int read = await socket.ReceiveAsync(buffer, stopping);
        lock (received)
        {
            received.Write(buffer, 0, read);
        }

        return read > 0;
    }
}
