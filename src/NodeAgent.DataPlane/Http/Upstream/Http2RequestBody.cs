using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>
/// A request body on its way to an HTTP/2 backend, sent on as it comes while the answer may already be coming back. What the
/// backend's window does not take is not read from the client.
/// </summary>
/// <param name="length">Bytes; -1 when unknown.</param>
internal sealed class Http2RequestBody(ProxyContext context, Http2Exchange exchange, long length) : HttpContent
{
    private readonly PipeReader _reader = context.Features.GetRequiredFeature<IRequestBodyPipeFeature>().Reader;
    private readonly Worker _worker = context.Worker;
    private readonly CancellationTokenSource _stop = new();
    private Task _running = Task.CompletedTask;
    private bool _started;
    private bool _stopped;

    /// <summary>The client is slow to send: the backend is not to blame for being silent.</summary>
    public bool WaitsForClient { get; private set; }

    /// <summary>The whole body went out, or nothing of it was asked for.</summary>
    public bool Complete => !_started || _running.IsCompletedSuccessfully;

    /// <summary>What the client did wrong, when that is what ended the body.</summary>
    public Exception? ClientError { get; private set; }

    /// <summary>What is left of the body is of no use to anyone. Afterwards nothing of this touches the request any more.</summary>
    public async ValueTask StopAsync()
    {
        if (!_running.IsCompleted)
        {
            StopOnLoop();
            await _stop.CancelAsync();
            await _running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            await new WorkerSwitch(_worker);
        }
    }

    protected override bool TryComputeLength(out long bytes)
    {
        bytes = length;
        return length >= 0;
    }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? transport) =>
        SerializeToStreamAsync(stream, transport, CancellationToken.None);

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? transport, CancellationToken cancellationToken)
    {
        if (_started)
        {
            // SocketsHttpHandler tries again when a backend refuses a stream, but what was read from the client is gone.
            return Task.FromException(new IOException("the request body was sent before"));
        }

        _started = true;
        return _running = RunAsync(stream, cancellationToken);
    }

    /// <param name="backendEnded">The backend reset the stream, or the connection to it is gone.</param>
    private async Task RunAsync(Stream backend, CancellationToken backendEnded)
    {
        using CancellationTokenRegistration watch = backendEnded.UnsafeRegister(
            static self => ((Http2RequestBody)self!).StopFromAnywhere(), this);
        await new WorkerSwitch(_worker);

        // The head counts: HttpClient does not send it before the body is flushed, and the backend may have to speak first.
        bool unflushed = true;
        bool more = true;
        while (more)
        {
            ThrowIfStopped();
            ReadResult read = await ReadAsync(backend, unflushed);
            try
            {
                ThrowIfStopped();
                foreach (ReadOnlyMemory<byte> part in read.Buffer)
                {
                    await backend.WriteAsync(part, _stop.Token);
                }
            }
            finally
            {
                await new WorkerSwitch(_worker);
                context.Received += read.Buffer.Length;
                _reader.AdvanceTo(read.Buffer.End);
            }

            exchange.NoteProgress();
            unflushed = true;
            more = !read.IsCompleted;
        }
    }

    private async ValueTask<ReadResult> ReadAsync(Stream backend, bool unflushed)
    {
        try
        {
            WaitsForClient = true;
            ValueTask<ReadResult> reading = _reader.ReadAsync();
            if (unflushed && !reading.IsCompleted && !await TryFlushAsync(backend))
            {
                StopOnLoop();
            }

            ReadResult read = await reading;
            await new WorkerSwitch(_worker);
            context.CheckBody(_reader, read);
            return read;
        }
        catch (Exception e) when (e is BadHttpRequestException or IOException or OperationCanceledException)
        {
            await new WorkerSwitch(_worker);
            ClientError = e;
            throw;
        }
        finally
        {
            WaitsForClient = false;
        }
    }

    /// <summary>The backend shall have what came so far before we wait for more.</summary>
    private async ValueTask<bool> TryFlushAsync(Stream backend)
    {
        bool flushed = true;
        try
        {
            await backend.FlushAsync(_stop.Token);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException)
        {
            flushed = false;
        }

        await new WorkerSwitch(_worker);
        return flushed;
    }

    private void ThrowIfStopped()
    {
        if (_stopped)
        {
            throw new OperationCanceledException("the rest of the request body has no reader");
        }
    }

    private void StopFromAnywhere() => _worker.Post(static self => ((Http2RequestBody)self!).StopOnLoop(), this);

    private void StopOnLoop()
    {
        _stopped = true;
        if (!WaitsForClient)
        {
            return;
        }

        try
        {
            _reader.CancelPendingRead();
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client is gone, so the read ends by itself.
        }
    }
}
