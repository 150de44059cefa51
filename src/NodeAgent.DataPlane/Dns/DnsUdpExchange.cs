using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Udp;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Dns;

/// <summary>
/// A query that came by UDP and goes on by UDP. Its socket is connected, so the kernel drops what comes from elsewhere, and says at once
/// when nobody listens there. Instances are reused by their worker.
/// </summary>
internal sealed class DnsUdpExchange : DnsExchange
{
    private DatagramReceiver _receiver = null!;

    protected override bool OverTcp => false;

    public static void Start(
        DatagramReceiver receiver, DnsSite site, DnsRuleTarget rule, in DnsQuery query, ReadOnlySpan<byte> message, in SockAddr client)
    {
        DnsUdpExchange exchange = DnsWorker.Current.Rent();
        exchange._receiver = receiver;
        receiver.Hold();
        exchange.Begin(receiver.Worker, site, rule, query, message, client);
    }

    internal override unsafe void OnEvents(byte tag, uint bits)
    {
        while (Fd >= 0)
        {
            SysResult received = LibC.Receive(Fd, Worker.Scratch, Worker.ScratchSize);
            if (received.IsAgain)
            {
                return;
            }

            if (received.IsError)
            {
                Abandon();
                AskNext();
                return;
            }

            if (TryFinish(new Span<byte>(Worker.Scratch, received.Value)))
            {
                return;
            }
        }
    }

    protected override bool TryAsk(EndpointTarget endpoint) =>
        Take(LibC.UdpSocket(endpoint.Address.IsIPv6), EpollBits.In | EpollBits.EdgeTriggered)
        && !LibC.Connect(Fd, endpoint.Address).IsError
        && !LibC.Send(Fd, Framed[FrameLength..]).IsError;

    protected override void Reply(ReadOnlySpan<byte> answer) => _receiver.Send(answer, Client);

    protected override void Release()
    {
        DatagramReceiver receiver = _receiver;
        _receiver = null!;
        DnsWorker.Current.Return(this);
        receiver.Release();
    }
}
