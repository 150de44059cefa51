using System.Diagnostics;
using System.IO.Pipelines;
using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>
/// One request and its answer on one stream to an HTTP/2 backend. SocketsHttpHandler goes on on the pool, so every wait for it comes
/// home to the worker before anything of the context is touched. As a pollable it is the clock of its backend's silence.
/// </summary>
internal sealed class Http2Exchange(ProxyContext context, HttpMessageInvoker invoker, DataPlaneOptions options) : Pollable
{
    /// <summary>Bytes; more than this is not gathered before it is sent.</summary>
    private const int FlushAt = 64 * 1024;

    /// <summary>A pool seldom has more connections that have died unnoticed.</summary>
    private const int MaxRepeats = 2;

    private readonly Worker _worker = context.Worker;
    private readonly CancellationTokenSource _cancel = new();
    private HttpResponseMessage? _answer;
    private EndpointTarget? _endpoint;
    private Http2RequestBody? _body;
    private long _quietSince;
    private int _ended;

    private long BackendMilliseconds => (long)options.BackendTimeout.TotalMilliseconds;

    private UpstreamFault Ended => (UpstreamFault)Volatile.Read(ref _ended);

    /// <param name="first">The endpoint to begin with; the following ones are tried while none can be connected to.</param>
    /// <exception cref="BadHttpRequestException">The client broke its body.</exception>
    /// <exception cref="IOException">The client went away in the middle of its body.</exception>
    public async ValueTask<UpstreamFault> RunAsync(
        BackendState backend, int first, RequestShape shape, HeaderFilters ofBackend)
    {
        _body = shape.HasBody ? new Http2RequestBody(context, this, shape.Length) : null;
        context.Connection.WaitsForStream = context.IsHttp1;
        CancellationTokenRegistration clientWatch = context.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>()
            .RequestAborted.UnsafeRegister(static self => ((Http2Exchange)self!).End(UpstreamFault.ClientGone), this);
        UpstreamFault fault = await SendAsync(backend, first);
        if (fault == UpstreamFault.None)
        {
            fault = await AnswerAsync(ofBackend);
        }

        _endpoint?.End(_worker.Id);
        clientWatch.Unregister();
        context.Connection.WaitsForStream = false;

        // Without this a stream that is not at its end would go on without us.
        _answer?.Dispose();
        if (_body is { Complete: false } body)
        {
            await body.StopAsync();
            context.CloseAfterwards();
            if (fault != UpstreamFault.None && body.ClientError is { } clientError)
            {
                ExceptionDispatchInfo.Throw(clientError);
            }
        }

        return fault;
    }

    /// <summary>A part of the request body went out: the backend is alive.</summary>
    public void NoteProgress()
    {
        if (TimerSlot >= 0)
        {
            WatchBackend();
        }
    }

    internal override void OnEvents(byte tag, uint bits)
    {
    }

    internal override void OnTimer(long now)
    {
        if (_body is not { WaitsForClient: true })
        {
            End(UpstreamFault.Timeout);
            return;
        }

        // A stream open both ways may be silent for long, like any relay; a body that nobody has answered yet may not.
        TimeSpan patience = _answer is null ? options.ClientTimeout : options.TcpIdleTimeout;
        long due = patience > TimeSpan.Zero ? _quietSince + (long)patience.TotalMilliseconds : long.MaxValue;
        if (due <= now)
        {
            End(_answer is null ? UpstreamFault.ClientTimeout : UpstreamFault.Timeout);
        }
        else
        {
            _worker.Timers.Arm(this, Math.Min(due, now + BackendMilliseconds));
        }
    }

    private async ValueTask<UpstreamFault> SendAsync(BackendState backend, int first)
    {
        EndpointTarget[] endpoints = backend.Endpoints;
        UpstreamFault fault = UpstreamFault.ConnectFailed;
        bool connected = false;
        int repeats = 0;
        for (int i = 0; i < endpoints.Length && !connected && fault != UpstreamFault.NoDescriptors; i++)
        {
            EndpointTarget endpoint = endpoints[(first + i) % endpoints.Length];
            context.Endpoint = endpoint.Text;
            context.Tries++;
            _endpoint?.End(_worker.Id);
            _endpoint = endpoint;
            endpoint.Begin(_worker.Id);
            WatchBackend();
            Http2Request? request = null;
            try
            {
                request = Http2Request.Of(context, endpoint, backend.Settings, _body);
                _answer = await invoker.SendAsync(request, _cancel.Token);
                fault = UpstreamFault.None;
                connected = true;
            }
            catch (Exception e) when (e is HttpRequestException or IOException or OperationCanceledException)
            {
                Http2ConnectException? unconnected = e.InnerException as Http2ConnectException;
                connected = unconnected is null || Ended != UpstreamFault.None;
                fault = Ended != UpstreamFault.None ? Ended : unconnected?.Fault ?? FaultOf(e);
                if (fault == UpstreamFault.ClosedEarly && repeats < MaxRepeats && MayRepeat(request!, e))
                {
                    repeats++;
                    connected = false;
                    i--;
                }
            }
            catch (FormatException)
            {
                fault = UpstreamFault.Inexpressible;
                connected = true;
            }

            await new WorkerSwitch(_worker);
            _worker.Timers.Disarm(this);
        }

        return fault;
    }

    /// <summary>
    /// The connection was lost before an answer, and it was not a new one: it may have been dead already, which we noticed too late. What
    /// changes nothing when it is done twice is sent once more. A backend that resets the stream has spoken, and is not asked again.
    /// </summary>
    private bool MayRepeat(Http2Request request, Exception e) =>
        _body is null && !request.MadeConnection && e.InnerException is not HttpProtocolException && Forwarder.IsIdempotent(context.Method);

    private async ValueTask<UpstreamFault> AnswerAsync(HeaderFilters ofBackend)
    {
        context.HeadAt = Stopwatch.GetTimestamp();
        UpstreamFault fault = Http2Answer.TryCopyHead(_answer!, context.Response, out long length);
        if (fault != UpstreamFault.None)
        {
            return fault;
        }

        RequestFilters.ApplyToAnswer(context, ofBackend);
        if (context.IsHead
            || context.Response.StatusCode is StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent or StatusCodes.Status304NotModified)
        {
            return UpstreamFault.None;
        }

        try
        {
            fault = await RelayAsync(length);
        }
        catch (Exception e) when (e is IOException or HttpRequestException or OperationCanceledException or InvalidOperationException)
        {
            // The backend has ended the answer, or Kestrel has under us.
            UpstreamFault unasked = e is InvalidOperationException ? UpstreamFault.ClientGone : UpstreamFault.BodyCut;
            fault = Ended != UpstreamFault.None ? Ended : unasked;
        }

        await new WorkerSwitch(_worker);
        _worker.Timers.Disarm(this);
        if (fault is UpstreamFault.BodyCut or UpstreamFault.Timeout && context.Sent > 0)
        {
            // The client gets what came, so that it sees an answer that is cut off rather than none.
            await TryFlushAsync(context.Output);
        }

        return fault;
    }

    /// <summary>What has arrived is sent before more is waited for, so streams flow; while it waits no buffer is held.</summary>
    private async ValueTask<UpstreamFault> RelayAsync(long length)
    {
        Stream body = await _answer!.Content.ReadAsStreamAsync(_cancel.Token);
        PipeWriter output = context.Output;
        long left = length < 0 ? long.MaxValue : length;
        int unflushed = 0;
        bool flushed = false;
        while (true)
        {
            // A read of no bytes ends when there are some, or the end.
            ValueTask<int> readable = body.ReadAsync(Memory<byte>.Empty, _cancel.Token);
            if (!readable.IsCompleted || unflushed >= FlushAt)
            {
                if ((unflushed > 0 || !flushed) && !await TryFlushAsync(output))
                {
                    End(UpstreamFault.ClientGone);
                }

                flushed = true;
                unflushed = 0;
                WatchBackend();
            }

            await readable;
            await new WorkerSwitch(_worker);
            int read = await body.ReadAsync(output.GetMemory(BlockPool.TransferBlock / 2), _cancel.Token);
            await new WorkerSwitch(_worker);
            _worker.Timers.Disarm(this);
            if (read == 0)
            {
                break;
            }

            if (read > left)
            {
                return UpstreamFault.BodyCut;
            }

            output.Advance(read);
            context.Sent += read;
            left -= read;
            unflushed += read;
        }

        if (length >= 0 && left > 0)
        {
            return UpstreamFault.BodyCut;
        }

        Http2Answer.CopyTrailers(_answer, context.Features);

        if (context.IsCompressed)
        {
            return await context.FinishOutputAsync();
        }

        // Kestrel sends what is left of an answer by itself only if none of it was flushed before.
        return flushed && unflushed > 0 && !await TryFlushAsync(output) ? UpstreamFault.ClientGone : UpstreamFault.None;
    }

    private async ValueTask<bool> TryFlushAsync(PipeWriter output)
    {
        bool taken = false;
        try
        {
            FlushResult result = await output.FlushAsync();
            taken = !result.IsCompleted && !result.IsCanceled;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // Kestrel has ended the answer under us.
        }

        await new WorkerSwitch(_worker);
        return taken && !context.ClientGone;
    }

    private void WatchBackend()
    {
        _quietSince = _worker.Now;
        _worker.Timers.Arm(this, _quietSince + BackendMilliseconds);
    }

    /// <summary>From any thread; the first reason counts.</summary>
    private void End(UpstreamFault fault)
    {
        if (Interlocked.CompareExchange(ref _ended, (int)fault, (int)UpstreamFault.None) == (int)UpstreamFault.None)
        {
            // Whoever waits for the token may take its time, and this may be the worker.
            _ = _cancel.CancelAsync();
        }
    }

    private static UpstreamFault FaultOf(Exception e) => e switch
    {
        HttpRequestException { HttpRequestError: HttpRequestError.ConfigurationLimitExceeded } => UpstreamFault.HeadTooLarge,
        HttpRequestException { HttpRequestError: HttpRequestError.InvalidResponse } => UpstreamFault.BadHead,
        _ => UpstreamFault.ClosedEarly,
    };
}
