using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>
/// Sends a request body on as it comes: what the backend does not take is not read from the client. Runs while the answer is
/// already waited for, because a backend may answer before it has read all.
/// </summary>
internal sealed class RequestBodyPump(ProxyContext context, UpstreamConnection upstream, bool chunked, TimeSpan clientTimeout)
{
    private readonly PipeReader _reader = context.Features.GetRequiredFeature<IRequestBodyPipeFeature>().Reader;
    private bool _stopped;

    /// <summary>The whole body went out; only then may the upstream connection be used again.</summary>
    public bool Complete { get; private set; }

    /// <summary>What the client did wrong, when that is what ended the body.</summary>
    public Exception? ClientError { get; private set; }

    /// <summary>
    /// Takes what has arrived of a body of known length, if all of it fits behind the head: one send then carries both, and wakes
    /// the backend once.
    /// </summary>
    public void TakeArrived(Block head)
    {
        try
        {
            if (chunked || !_reader.TryRead(out ReadResult read))
            {
                return;
            }

            bool fits = read.Buffer.Length <= head.Free.Length;
            if (fits)
            {
                read.Buffer.CopyTo(head.Free);
                head.End += (int)read.Buffer.Length;
                context.Received += read.Buffer.Length;
                Complete = read is { IsCompleted: true, IsCanceled: false };
            }

            _reader.AdvanceTo(fits ? read.Buffer.End : read.Buffer.Start);
        }
        catch (Exception e) when (e is BadHttpRequestException or IOException or OperationCanceledException)
        {
            // The next read says so again, where it is dealt with.
        }
    }

    /// <summary>Never throws; ends when the body, the backend or the client does.</summary>
    public async Task RunAsync()
    {
        try
        {
            bool more = true;
            while (more && !_stopped)
            {
                upstream.WaitForClient(clientTimeout);
                ReadResult read = await _reader.ReadAsync();
                await new WorkerSwitch(context.Worker);
                if (_stopped)
                {
                    return;
                }

                upstream.StopWaitingForClient();
                context.CheckBody(_reader, read);
                more = !read.IsCompleted;
                int errno = await SendAsync(read.Buffer);
                context.Received += read.Buffer.Length;
                _reader.AdvanceTo(read.Buffer.End);
                if (errno != 0)
                {
                    return; // what the backend said before it stopped reading decides the answer
                }
            }

            Complete = !_stopped && (!chunked || await upstream.SendAsync(LastChunk) == 0);
        }
        catch (Exception e) when (e is BadHttpRequestException or IOException or OperationCanceledException)
        {
            await new WorkerSwitch(context.Worker);
            ClientError = e;
            upstream.Cancel(Errno.Canceled);
        }
    }

    /// <summary>The answer is there: what is left of the body is of no use to anyone.</summary>
    public void Stop()
    {
        _stopped = true;
        try
        {
            _reader.CancelPendingRead();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client is gone, so the read ends by itself.
        }
    }

    private static readonly ReadOnlyMemory<byte> LastChunk = "0\r\n\r\n"u8.ToArray();

    private static readonly ReadOnlyMemory<byte> LineEnd = "\r\n"u8.ToArray();

    private async ValueTask<int> SendAsync(ReadOnlySequence<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return 0;
        }

        int errno = 0;
        if (chunked)
        {
            errno = await upstream.SendAsync(ChunkHeader(bytes.Length));
        }

        foreach (ReadOnlyMemory<byte> part in bytes)
        {
            errno = errno == 0 ? await upstream.SendAsync(part) : errno;
        }

        return chunked && errno == 0 ? await upstream.SendAsync(LineEnd) : errno;
    }

    private static byte[] ChunkHeader(long length)
    {
        Span<byte> line = stackalloc byte[20];
        Utf8Formatter.TryFormat(length, line, out int digits, new StandardFormat('x'));
        "\r\n"u8.CopyTo(line[digits..]);
        return line[..(digits + 2)].ToArray();
    }
}
