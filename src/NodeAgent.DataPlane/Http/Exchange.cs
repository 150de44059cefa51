using System.Runtime.ExceptionServices;
using Microsoft.AspNetCore.Http.Features;
using NodeAgent.DataPlane.Http.Upstream;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http;

/// <summary>One request and its answer on one upstream connection. Belongs to its context and is used again with it.</summary>
internal sealed class Exchange(ProxyContext context)
{
    private UpstreamConnection _upstream = null!;
    private bool _heard;
    private RequestBodyPump? _pump;
    private Task _pumping = Task.CompletedTask;
    private Block? _block;
    private ResponseHead _head;
    private string? _upgrade;

    /// <summary>The backend has said nothing at all yet.</summary>
    public bool HeardNothing => !_heard;

    /// <summary>Part of the request's body was not read from the client: its connection cannot go on.</summary>
    public bool LeftBody => _pump is { Complete: false };

    /// <summary>Sends the request and reads the answer's head.</summary>
    /// <returns>Not None: nothing was sent to the client, and the upstream connection is of no more use.</returns>
    /// <exception cref="Microsoft.AspNetCore.Http.BadHttpRequestException">The client broke its body.</exception>
    public async ValueTask<UpstreamFault> StartAsync(UpstreamConnection upstream, RequestShape shape, DataPlaneOptions options)
    {
        _upstream = upstream;
        _pump = null;
        _pumping = Task.CompletedTask;
        _heard = false;
        _block = context.Worker.Blocks.RentBlock();
        if (shape.HasBody)
        {
            _pump = new RequestBodyPump(context, upstream, chunked: shape.Length < 0, options.ClientTimeout);
        }

        int errno = await SendHeadAsync(shape);
        if (errno == 0 && _pump is { Complete: false } pump)
        {
            _pumping = pump.RunAsync();
        }

        UpstreamFault fault = await ReadHeadAsync(shape.Upgrade is not null);
        if (fault == UpstreamFault.None && context.IsWebSocketConnect)
        {
            fault = CheckHandshake();
        }

        if (fault == UpstreamFault.None)
        {
            return UpstreamFault.None;
        }

        upstream.Close();
        await StopPumpAsync();
        ReleaseBlock();
        if (_pump?.ClientError is { } clientError)
        {
            ExceptionDispatchInfo.Throw(clientError);
        }

        return fault;
    }

    /// <summary>Relays the answer and gives the upstream connection back, or closes it.</summary>
    public async ValueTask FinishAsync(HeaderFilters ofBackend, DataPlaneOptions options)
    {
        try
        {
            RequestFilters.ApplyToAnswer(context, ofBackend);
            if (_head.Status == 101)
            {
                await new UpgradeRelay(context, _upstream, _block!, options).RunAsync(_upgrade!);
                return;
            }

            await RelayAsync();
        }
        finally
        {
            if (_head.Status == 101)
            {
                await new WorkerSwitch(context.Worker);
                _upstream.Close();
            }

            ReleaseBlock();
        }
    }

    private async ValueTask RelayAsync()
    {
        UpstreamConnection upstream = _upstream;
        BodyFraming framing = _head.Framing(context.IsHead);
        BodyOutcome outcome;
        try
        {
            context.WatchClient(upstream);
            outcome = await new ResponseBodyRelay(context, upstream, context.Output).RunAsync(framing, _head.Length, _block!);
            if (outcome.Fault == UpstreamFault.None && await context.FinishOutputAsync() == UpstreamFault.ClientGone)
            {
                outcome = new BodyOutcome(UpstreamFault.ClientGone, Exact: false);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // Kestrel has ended the answer under us: the client reset its stream or its connection.
            await new WorkerSwitch(context.Worker);
            outcome = new BodyOutcome(UpstreamFault.ClientGone, Exact: false);
        }

        context.WatchClient(null);
        bool sentWhole = _pump is null || _pump.Complete;
        if (outcome.Exact && sentWhole && _head.KeepAlive && !_head.HasUnwantedContent)
        {
            upstream.Endpoint.Local<UpstreamPool>(context.Worker.Id).Return(upstream);
        }
        else
        {
            upstream.Close();
        }

        if (!sentWhole)
        {
            await StopPumpAsync();
            context.CloseAfterwards();
        }

        if (outcome.Fault != UpstreamFault.None)
        {
            context.Fail(outcome.Fault);
        }
    }

    private async ValueTask<int> SendHeadAsync(RequestShape shape)
    {
        Block block = _block!;
        if (!Write(block))
        {
            block = new Block(null, RequestHead.MaxLength);
            Write(block);
        }

        _pump?.TakeArrived(block);
        int errno = await _upstream.SendAsync(block.Array.AsMemory(0, block.End));
        block.Start = block.End = 0;
        return errno;

        bool Write(Block into) => RequestHead.TryWrite(
            into, context.Method, context.OutgoingTarget, context.OutgoingHost, context.Request.Headers, shape);
    }

    /// <summary>Reads until a final head is there. Interim ones but 101 cannot be passed on by Kestrel and are dropped.</summary>
    private async ValueTask<UpstreamFault> ReadHeadAsync(bool maySwitch)
    {
        while (true)
        {
            UpstreamFault fault = ParseHead(out bool whole);
            if (fault != UpstreamFault.None)
            {
                return fault;
            }

            if (whole)
            {
                if (_head.Status is >= 200 || (_head.Status == 101 && maySwitch && _upgrade is not null))
                {
                    context.HeadAt = System.Diagnostics.Stopwatch.GetTimestamp();
                    return UpstreamFault.None;
                }

                if (_head.Status == 101)
                {
                    return UpstreamFault.BadHead;
                }

                context.Response.Headers.Clear();
                continue;
            }

            Block block = _block!;
            if (block.Free.IsEmpty)
            {
                return UpstreamFault.HeadTooLarge;
            }

            SysResult read = _upstream.TryReceive(block.Free);
            if (read.IsAgain)
            {
                fault = await WaitReadableAsync();
                if (fault != UpstreamFault.None)
                {
                    return fault;
                }
            }
            else if (read.IsError || read.Value == 0)
            {
                return UpstreamFault.ClosedEarly;
            }
            else
            {
                block.End += read.Value;
                _heard = true;
            }
        }
    }

    private UpstreamFault ParseHead(out bool whole)
    {
        Block block = _block!;
        var sink = new ResponseHeaderSink(context.Response.Headers, _upstream.Texts);
        UpstreamFault fault = ResponseHeadParser.TryParse(block.Filled, ref sink, out _head, out int consumed);
        whole = consumed > 0;
        if (!whole)
        {
            return fault;
        }

        block.Start += consumed;
        _upgrade = sink.Upgrade;
        sink.DropNamed();
        context.Response.StatusCode = _head.Status;
        if (_head.Length >= 0 && _head.Status is not 204 and >= 200)
        {
            context.Response.Headers.ContentLength = _head.Status == 205 ? 0 : _head.Length;
        }

        return UpstreamFault.None;
    }

    /// <summary>The client never sees the status 101, and would take a 200 for it.</summary>
    private UpstreamFault CheckHandshake()
    {
        bool switched = _head.Status == 101
            && WebSocketHandshake.TakeProof(context.Request.Headers.SecWebSocketKey.ToString(), context.Response.Headers);
        return switched || _head.Status >= 300 ? UpstreamFault.None : UpstreamFault.BadWebSocket;
    }

    private async ValueTask<UpstreamFault> WaitReadableAsync()
    {
        // What ended before the wait began ends no wait.
        if (_pump?.ClientError is not null || context.ClientGone)
        {
            return UpstreamFault.ClientGone;
        }

        context.WatchClient(_upstream);
        int errno = await _upstream.WaitReadable();
        context.WatchClient(null);
        return errno switch
        {
            0 => UpstreamFault.None,
            Errno.TimedOut => _upstream.WaitsForClient ? UpstreamFault.ClientTimeout : UpstreamFault.Timeout,
            Errno.Canceled => UpstreamFault.ClientGone,
            _ => UpstreamFault.ClosedEarly,
        };
    }

    private async ValueTask StopPumpAsync()
    {
        if (_pump is not null && !_pumping.IsCompleted)
        {
            _pump.Stop();
            await _pumping;
            await new WorkerSwitch(context.Worker);
        }
    }

    private void ReleaseBlock()
    {
        _block?.Dispose();
        _block = null;
    }
}
