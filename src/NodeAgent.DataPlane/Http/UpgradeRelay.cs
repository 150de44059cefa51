using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeAgent.DataPlane.Http.Upstream;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http;

/// <summary>A connection that both sides agreed to switch (WebSocket): bytes both ways until one side ends.</summary>
internal sealed class UpgradeRelay(ProxyContext context, UpstreamConnection upstream, Block block, DataPlaneOptions options)
{
    private readonly CancellationTokenSource _ended = new();

    public async ValueTask RunAsync(string protocol)
    {
        Stream client = await SwitchAsync(protocol);
        await new WorkerSwitch(context.Worker);
        Task up = PumpUpAsync(client);
        try
        {
            await PumpDownAsync(client);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // The client is gone: there is nobody to tell what the backend says.
            await new WorkerSwitch(context.Worker);
        }

        // The backend has said all it will, or nobody listens: what the client still sends has no reader.
        if (context.IsHttp1)
        {
            // The connection is the stream's alone, and its reader does not know cancellation.
            context.Connection.Reader.End();
        }

        await _ended.CancelAsync();
        await new WorkerSwitch(context.Worker);
        upstream.Cancel(Errno.Canceled);
        await up;
        await new WorkerSwitch(context.Worker);
        _ended.Dispose();
    }

    private ValueTask<Stream> SwitchAsync(string protocol)
    {
        if (context.IsWebSocketConnect)
        {
            context.Response.StatusCode = StatusCodes.Status200OK;
            return context.Features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync();
        }

        context.Response.Headers.Upgrade = protocol;
        return new ValueTask<Stream>(context.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync());
    }

    private async Task PumpUpAsync(Stream client)
    {
        Block buffer = context.Worker.Blocks.RentBlock();
        try
        {
            while (true)
            {
                int read = await client.ReadAsync(buffer.Array, _ended.Token);
                await new WorkerSwitch(context.Worker);
                if (read == 0)
                {
                    if (context.ClientGone)
                    {
                        upstream.Cancel(Errno.Canceled);
                    }

                    upstream.ShutdownWrite();
                    return;
                }

                context.Received += read;
                if (await upstream.SendAsync(buffer.Array.AsMemory(0, read)) != 0)
                {
                    return;
                }
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            // The client reset the connection, or the backend is done. Either way the backend hears no more.
            await new WorkerSwitch(context.Worker);
            upstream.Cancel(Errno.Canceled);
        }
        finally
        {
            buffer.Dispose();
        }
    }

    private async ValueTask PumpDownAsync(Stream client)
    {
        while (true)
        {
            if (!block.Filled.IsEmpty)
            {
                context.Sent += block.Filled.Length;
                await client.WriteAsync(block.Array.AsMemory(block.Start, block.End - block.Start));
                await new WorkerSwitch(context.Worker);
            }

            block.Start = block.End = 0;

            SysResult read = upstream.TryReceive(block.Free);
            if (!read.IsError && read.Value > 0)
            {
                block.End = read.Value;
            }
            else if (!read.IsAgain || await WaitAsync() != 0)
            {
                return;
            }
        }
    }

    private ValueTask<int> WaitAsync() => upstream.WaitReadable(
        options.TcpIdleTimeout > TimeSpan.Zero ? options.TcpIdleTimeout : TimeSpan.FromDays(365));
}
