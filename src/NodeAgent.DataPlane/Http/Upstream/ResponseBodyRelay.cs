using System.IO.Pipelines;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>How a body came over.</summary>
/// <param name="Exact">It ended where its framing said, and nothing came after it: the connection may be used again.</param>
internal readonly record struct BodyOutcome(UpstreamFault Fault, bool Exact);

/// <summary>
/// Moves a response body from the backend to the client. A body of known length is received straight into the client's output buffer;
/// whatever has arrived is sent before more is waited for, so streams flow.
/// </summary>
internal readonly struct ResponseBodyRelay(ProxyContext context, UpstreamConnection upstream, PipeWriter output)
{
    /// <summary>Bytes; more than this is not gathered before it is sent.</summary>
    private const int FlushAt = 64 * 1024;

    /// <param name="head">Holds the body bytes that came with the head.</param>
    public ValueTask<BodyOutcome> RunAsync(BodyFraming framing, long length, Block head) => framing switch
    {
        BodyFraming.Length => CopyAsync(length, head),
        BodyFraming.UntilClose => CopyAsync(long.MaxValue, head),
        BodyFraming.Chunked => DecodeAsync(head),
        _ => new ValueTask<BodyOutcome>(new BodyOutcome(UpstreamFault.None, head.Filled.IsEmpty)),
    };

    private ValueTask<BodyOutcome> CopyAsync(long left, Block head)
    {
        ReadOnlySpan<byte> first = head.Filled;
        int take = (int)Math.Min(first.Length, left);
        if (take > 0)
        {
            Write(first[..take]);
            left -= take;
        }

        return left == 0
            ? new ValueTask<BodyOutcome>(new BodyOutcome(UpstreamFault.None, Exact: take == first.Length))
            : CopyRestAsync(left, take);
    }

    private async ValueTask<BodyOutcome> CopyRestAsync(long left, int unflushed)
    {
        bool untilClose = left > long.MaxValue / 2;
        bool flushed = false;
        if (!untilClose && left >= BodySplice.MinLength && context.IsHttp1 && !context.IsCompressed && context.Worker.Pipes.TryRent(out SplicePipe pipe))
        {
            UpstreamFault fault = await FlushAndWaitAsync(flush: true, wait: false);
            if (fault == UpstreamFault.None)
            {
                fault = await new BodySplice(context, upstream, output).RunAsync(left, pipe);
            }

            context.Worker.Pipes.Return(pipe, empty: fault == UpstreamFault.None);
            return new BodyOutcome(fault, Exact: fault == UpstreamFault.None);
        }

        while (left > 0)
        {
            SysResult read = Receive(left);
            if (read.IsError && !read.IsAgain)
            {
                return await CutAsync();
            }

            if (!read.IsError && read.Value == 0)
            {
                if (!untilClose)
                {
                    return await CutAsync();
                }

                break;
            }

            if (!read.IsError)
            {
                left -= read.Value;
                unflushed += read.Value;
                context.Sent += read.Value;
                if (unflushed < FlushAt || left == 0)
                {
                    continue;
                }
            }

            flushed = true;
            UpstreamFault fault = await FlushAndWaitAsync(NeedsFlush(unflushed), wait: read.IsError);
            unflushed = 0;
            if (fault != UpstreamFault.None)
            {
                return new BodyOutcome(fault, Exact: false);
            }
        }

        // Kestrel sends what is left of an answer by itself only if none of it was flushed before.
        UpstreamFault last = flushed ? await FlushAndWaitAsync(flush: true, wait: false) : UpstreamFault.None;
        return new BodyOutcome(last, Exact: !untilClose);
    }

    private SysResult Receive(long left)
    {
        Span<byte> room = output.GetSpan(BlockPool.TransferBlock / 2);
        SysResult read = upstream.TryReceive(room[..(int)Math.Min(room.Length, left)]);
        if (!read.IsError)
        {
            output.Advance(read.Value);
        }

        return read;
    }

    private async ValueTask<BodyOutcome> DecodeAsync(Block block)
    {
        var decoder = default(ChunkedDecoder);
        int unflushed = 0;
        while (true)
        {
            int before = unflushed;
            ChunkStep step = Decode(ref decoder, block, ref unflushed);
            context.Sent += unflushed - before;
            if (step == ChunkStep.Bad)
            {
                return await CutAsync();
            }

            if (step == ChunkStep.End)
            {
                return new BodyOutcome(UpstreamFault.None, Exact: block.Filled.IsEmpty);
            }

            block.Start = block.End = 0;
            SysResult read = upstream.TryReceive(block.Free);
            if (!read.IsError && read.Value > 0)
            {
                block.End = read.Value;
                if (unflushed < FlushAt)
                {
                    continue;
                }
            }
            else if (!read.IsAgain)
            {
                return await CutAsync();
            }

            UpstreamFault fault = await FlushAndWaitAsync(NeedsFlush(unflushed), wait: read.IsError);
            unflushed = 0;
            if (fault != UpstreamFault.None)
            {
                return new BodyOutcome(fault, Exact: false);
            }
        }
    }

    /// <summary>Takes all bytes of the block; leaves those after the body's end.</summary>
    private ChunkStep Decode(ref ChunkedDecoder decoder, Block block, ref int unflushed)
    {
        while (true)
        {
            ChunkStep step = decoder.Next(block.Filled, out int taken, out int data);
            block.Start += taken;
            if (step != ChunkStep.Data)
            {
                return step;
            }

            WriteOnly(block.Filled[..data]);
            block.Start += data;
            unflushed += data;
            decoder.Consume(data);
        }
    }

    private void Write(ReadOnlySpan<byte> bytes)
    {
        WriteOnly(bytes);
        context.Sent += bytes.Length;
    }

    private void WriteOnly(ReadOnlySpan<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            Span<byte> room = output.GetSpan();
            int part = Math.Min(room.Length, bytes.Length);
            bytes[..part].CopyTo(room);
            output.Advance(part);
            bytes = bytes[part..];
        }
    }

    /// <summary>A head goes out before its body is waited for: the first event of a stream may be hours away.</summary>
    private bool NeedsFlush(int unflushed) => unflushed > 0 || !context.Response.HasStarted;

    /// <summary>The client gets what came, so that it sees an answer that is cut off rather than none.</summary>
    private async ValueTask<BodyOutcome> CutAsync()
    {
        if (context.Sent > 0)
        {
            await FlushAndWaitAsync(flush: true, wait: false);
        }

        return new BodyOutcome(UpstreamFault.BodyCut, Exact: false);
    }

    private async ValueTask<UpstreamFault> FlushAndWaitAsync(bool flush, bool wait)
    {
        if (flush)
        {
            FlushResult flushed = await output.FlushAsync();
            await new WorkerSwitch(context.Worker);
            if (flushed.IsCompleted || flushed.IsCanceled || context.ClientGone)
            {
                return UpstreamFault.ClientGone;
            }
        }

        if (!wait)
        {
            return UpstreamFault.None;
        }

        return FaultOf(await upstream.WaitReadable());
    }

    public static UpstreamFault FaultOf(int errno) => errno switch
    {
        0 => UpstreamFault.None,
        Errno.TimedOut => UpstreamFault.Timeout,
        Errno.Canceled => UpstreamFault.ClientGone,
        _ => UpstreamFault.BodyCut,
    };
}
