using System.Buffers;
using System.Buffers.Binary;
using NodeAgent.DataPlane.Balancing;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Dns;

/// <summary>
/// One query on its way to a backend and back: by a socket, and so a source port, and under an ID of its own. The next endpoint (or the
/// same one again) is asked when one refuses or is silent; then the client is told SERVFAIL.
/// </summary>
internal abstract class DnsExchange : Pollable
{
    /// <summary>Length bytes before the message; they go out over TCP only.</summary>
    protected const int FrameLength = 2;

    private const int MinTries = 2;
    private const int MaxTries = 3;

    private DnsSite _site = null!;
    private DnsRuleTarget _rule = null!;
    private DnsQuery _query;
    private byte[] _framed = [];
    private int _length;
    private EndpointTarget[] _endpoints = [];
    private int _endpoint;
    private int _triesLeft;
    private bool _asking;
    private string? _upstream;
    private ushort _id;
    private long _started;
    private ulong _handle;

    protected Worker Worker { get; private set; } = null!;

    /// <summary>-1 while there is none.</summary>
    protected int Fd { get; private set; } = -1;

    /// <summary>The query under its own ID, behind its length.</summary>
    protected ReadOnlySpan<byte> Framed => _framed.AsSpan(0, FrameLength + _length);

    protected SockAddr Client { get; private set; }

    protected abstract bool OverTcp { get; }

    internal override void OnTimer(long now)
    {
        Abandon();
        AskNext();
    }

    protected void Begin(Worker worker, DnsSite site, DnsRuleTarget rule, in DnsQuery query, ReadOnlySpan<byte> message, in SockAddr client)
    {
        Worker = worker;
        Client = client;
        _site = site;
        _rule = rule;
        _query = query;
        _started = worker.Now;
        _length = message.Length;
        _endpoints = [];
        _triesLeft = 0;
        _upstream = null;
        _framed = ArrayPool<byte>.Shared.Rent(FrameLength + message.Length);
        BinaryPrimitives.WriteUInt16BigEndian(_framed, (ushort)message.Length);
        message.CopyTo(_framed.AsSpan(FrameLength));
        DnsWorker.Current.Pending++;
        if (DnsWorker.Current.Pending <= DnsWorker.MaxPending && rule.Shares.Pick(worker)?.Pool is { } pool)
        {
            BackendState backend = pool.Current;
            _endpoints = backend.Endpoints;
            if (_endpoints.Length > 0)
            {
                _endpoint = pool.First(worker, _endpoints, backend.Settings, HashKey.Of(client.AddressPart));
                _triesLeft = Math.Clamp(_endpoints.Length, MinTries, MaxTries);
            }
        }

        AskNext();
    }

    /// <summary>Opens a socket to <paramref name="endpoint"/> by <see cref="Take"/>, and sends or begins to connect.</summary>
    /// <returns>False when that fails at once.</returns>
    protected abstract bool TryAsk(EndpointTarget endpoint);

    /// <summary>Gives the answer to the client; what becomes of it there is the client's matter.</summary>
    protected abstract void Reply(ReadOnlySpan<byte> answer);

    /// <summary>Puts the exchange back; nothing of it is used afterwards.</summary>
    protected abstract void Release();

    /// <summary>Watches a new socket; the exchange closes it.</summary>
    protected bool Take(SysResult made, uint bits)
    {
        if (made.IsError)
        {
            Worker.Budget.Give(1);
            return false;
        }

        Fd = made.Value;
        return !Worker.Watch(Fd, this, 0, bits, out _handle).IsError;
    }

    /// <returns>False when <paramref name="message"/> does not answer our question: it may be forged.</returns>
    protected bool TryFinish(Span<byte> message)
    {
        if (!DnsQuery.IsAnswer(message, _id, _query.Question))
        {
            return false;
        }

        BinaryPrimitives.WriteUInt16BigEndian(message, _query.Id);
        End(message, DnsOutcome.Forwarded);
        return true;
    }

    /// <summary>Asks the next endpoint, or gives up.</summary>
    protected void AskNext()
    {
        while (_triesLeft > 0 && Worker.Budget.TryTake(1))
        {
            _triesLeft--;
            EndpointTarget endpoint = _endpoints[_endpoint];
            endpoint.Begin(Worker.Id);
            _asking = true;
            _upstream = endpoint.Text;
            _id = DnsWorker.Current.NextId();
            BinaryPrimitives.WriteUInt16BigEndian(_framed.AsSpan(FrameLength), _id);
            if (TryAsk(endpoint))
            {
                Worker.Timers.Arm(this, Worker.Now + (long)_rule.Timeout.TotalMilliseconds);
                return;
            }

            Abandon();
        }

        Span<byte> answer = stackalloc byte[DnsWriter.MinLength];
        BinaryPrimitives.WriteUInt16BigEndian(_framed.AsSpan(FrameLength), _query.Id);
        int length = DnsWriter.Write(
            answer, _framed.AsSpan(FrameLength, _length), _query, DnsNumbers.ServerFailure, null, authoritative: false);
        End(answer[..length], DnsOutcome.Failed);
    }

    /// <summary>The endpoint that was asked will not answer any more.</summary>
    protected void Abandon()
    {
        CloseSocket();
        _endpoint = _endpoints.Length == 0 ? 0 : (_endpoint + 1) % _endpoints.Length;
    }

    /// <summary>Before the socket is closed.</summary>
    protected virtual void Closing()
    {
    }

    private void End(ReadOnlySpan<byte> answer, DnsOutcome outcome)
    {
        CloseSocket();
        Worker.Timers.Disarm(this);
        DnsWorker.Current.Pending--;
        int rcode = answer[3] & 0xf;
        _site.Note(
            Worker, _query, _rule, new DnsLogEntry(Client, OverTcp, _rule.Route, _upstream, outcome, rcode, Worker.Now - _started));
        Reply(answer);
        ArrayPool<byte>.Shared.Return(_framed);
        _framed = [];
        _endpoints = [];
        (_site, _rule) = (null!, null!);
        Release();
    }

    private void CloseSocket()
    {
        if (_asking)
        {
            _asking = false;
            _endpoints[_endpoint].End(Worker.Id);
        }

        if (Fd >= 0)
        {
            Closing();
            Worker.Forget(_handle);
            LibC.Close(Fd);
            Fd = -1;
            Worker.Budget.Give(1);
        }
    }
}
