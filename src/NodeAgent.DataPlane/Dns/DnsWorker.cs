using System.Security.Cryptography;

namespace NodeAgent.DataPlane.Dns;

/// <summary>What the queries of one worker share; each worker's thread has its own.</summary>
internal sealed class DnsWorker
{
    /// <summary>Queries of one worker that wait for a backend at the same time; others are told SERVFAIL.</summary>
    public const int MaxPending = 4096;

    private const int SpareExchanges = 256;

    [ThreadStatic]
    private static DnsWorker? s_current;

    private readonly byte[] _random = new byte[1024];
    private readonly Stack<DnsUdpExchange> _spare = new();
    private int _randomAt = int.MaxValue;

    public static DnsWorker Current => s_current ??= new DnsWorker();

    public int Pending { get; set; }

    public DnsUdpExchange Rent() => _spare.TryPop(out DnsUdpExchange? exchange) ? exchange : new DnsUdpExchange();

    public void Return(DnsUdpExchange exchange)
    {
        if (_spare.Count < SpareExchanges)
        {
            _spare.Push(exchange);
        }
    }

    /// <summary>An ID that nobody can guess; together with the port of a socket of its own a forger has 32 bits to get right.</summary>
    public ushort NextId()
    {
        if (_randomAt > _random.Length - sizeof(ushort))
        {
            RandomNumberGenerator.Fill(_random);
            _randomAt = 0;
        }

        ushort id = BitConverter.ToUInt16(_random, _randomAt);
        _randomAt += sizeof(ushort);
        return id;
    }
}
