using System.Buffers;
using System.Buffers.Binary;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Dns;

/// <summary>A query that came by TCP and goes on by TCP (its answer may be too large for a datagram), on a connection of its own.</summary>
internal sealed class DnsTcpExchange : DnsExchange
{
    private const int MaxFramed = FrameLength + ushort.MaxValue;

    private readonly DnsTcpConnection _connection;
    private LoopSocket _socket;
    private bool _connecting;
    private int _sent;

    /// <summary>Only for an answer that does not arrive in one piece.</summary>
    private byte[]? _answer;
    private int _filled;

    private DnsTcpExchange(DnsTcpConnection connection) => _connection = connection;

    protected override bool OverTcp => true;

    public static void Start(
        DnsTcpConnection connection, DnsSite site, DnsRuleTarget rule, in DnsQuery query, ReadOnlySpan<byte> message)
    {
        var exchange = new DnsTcpExchange(connection);
        connection.Hold();
        exchange.Begin(connection.Worker, site, rule, query, message, connection.Peer);
    }

    internal override void OnEvents(byte tag, uint bits)
    {
        _socket.Note(bits);
        if (_connecting)
        {
            _connecting = false;
            if (LibC.PendingError(Fd) != 0)
            {
                Fail();
                return;
            }
        }

        if (TrySendRest())
        {
            Read();
        }
    }

    protected override bool TryAsk(EndpointTarget endpoint)
    {
        SysResult made = LibC.TcpSocket(endpoint.Address.IsIPv6);
        if (!made.IsError)
        {
            LibC.SetOption(made.Value, SocketOption.NoDelay, 1);
            _socket = new LoopSocket(made.Value);
            _connecting = true;
            _sent = _filled = 0;

            // Before it is watched: a socket that is not connecting yet is reported as hung up.
            SysResult connected = LibC.Connect(made.Value, endpoint.Address);
            if (connected.IsError && connected.Errno != Errno.InProgress)
            {
                LibC.Close(made.Value);
                made = connected;
            }
        }

        return Take(made, EpollBits.Connection);
    }

    protected override void Reply(ReadOnlySpan<byte> answer) => _connection.Reply(answer);

    protected override void Release() => _connection.Release();

    protected override void Closing()
    {
        if (_answer is not null)
        {
            ArrayPool<byte>.Shared.Return(_answer);
            _answer = null;
        }
    }

    private void Fail()
    {
        Abandon();
        AskNext();
    }

    /// <returns>False when it failed, and something else goes on already.</returns>
    private bool TrySendRest()
    {
        while (_sent < Framed.Length)
        {
            SysResult sent = _socket.TrySend(Framed[_sent..]);
            if (sent.IsAgain)
            {
                return true;
            }

            if (sent.IsError)
            {
                Fail();
                return false;
            }

            _sent += sent.Value;
        }

        return true;
    }

    private unsafe void Read()
    {
        while (true)
        {
            Span<byte> room = _answer is null ? new Span<byte>(Worker.Scratch, Worker.ScratchSize) : _answer.AsSpan(_filled, MaxFramed - _filled);
            SysResult read = _socket.TryReceive(room);
            if (read.IsAgain)
            {
                return;
            }

            if (read.IsError || read.Value == 0)
            {
                Fail();
                return;
            }

            _filled += read.Value;
            Span<byte> all = _answer is null ? room[..read.Value] : _answer.AsSpan(0, _filled);
            if (IsWhole(all))
            {
                if (!TryFinish(all.Slice(FrameLength, BinaryPrimitives.ReadUInt16BigEndian(all))))
                {
                    Fail();
                }

                return;
            }

            if (_answer is null)
            {
                _answer = ArrayPool<byte>.Shared.Rent(MaxFramed);
                all.CopyTo(_answer);
            }
        }
    }

    private static bool IsWhole(ReadOnlySpan<byte> framed) =>
        framed.Length >= FrameLength && framed.Length >= FrameLength + BinaryPrimitives.ReadUInt16BigEndian(framed);
}
