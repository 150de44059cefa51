using System.IO.Pipelines;
using NodeAgent.DataPlane.Http.Transport;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>
/// Moves the bulk of a large HTTP/1.1 answer by splice(2), from the backend's socket to the client's, without a copy through this
/// process. Kestrel only counts the bytes: it gave the head its Content-Length and checks that as many follow.
/// </summary>
internal readonly struct BodySplice(ProxyContext context, UpstreamConnection upstream, PipeWriter output)
{
    /// <summary>Bytes; below this the pipe costs more than the copies it saves.</summary>
    public const long MinLength = 128 * 1024;

    private Worker Worker => context.Worker;

    private SocketWriter Client => context.Connection.Writer;

    /// <param name="left">What is still to come of the body. All before it has been flushed.</param>
    /// <param name="pipe">Empty; belongs to the caller again afterwards, empty unless there is a fault.</param>
    public async ValueTask<UpstreamFault> RunAsync(long left, SplicePipe pipe)
    {
        while (left > 0)
        {
            SysResult read = upstream.TrySplice(pipe, (int)Math.Min(left, SplicePipe.Capacity));
            if (read.IsAgain)
            {
                int errno = await upstream.WaitReadable();
                if (errno != 0)
                {
                    return ResponseBodyRelay.FaultOf(errno);
                }

                continue;
            }

            if (read.IsError || read.Value == 0)
            {
                return UpstreamFault.BodyCut;
            }

            left -= read.Value;
            for (int inPipe = read.Value; inPipe > 0;)
            {
                SysResult sent = Client.TrySplice(pipe, inPipe);
                if (!sent.IsError)
                {
                    inPipe -= sent.Value;
                    Count(sent.Value);
                }
                else if (!sent.IsAgain || (await Client.WaitForRoomAsync()).IsCompleted || context.ClientGone)
                {
                    return UpstreamFault.ClientGone;
                }
            }
        }

        return UpstreamFault.None;
    }

    private void Count(int sent)
    {
        context.Sent += sent;
        Client.PassBeside(true);
        while (sent > 0)
        {
            int part = Math.Min(output.GetSpan(sent).Length, sent);
            output.Advance(part);
            sent -= part;
        }

        Client.PassBeside(false);
    }
}
