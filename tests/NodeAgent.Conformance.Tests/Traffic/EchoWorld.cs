using System.Collections.Concurrent;
using System.Collections.Immutable;
using System.Net;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using NodeAgent.Conformance.Traffic;
using NodeAgent.Echo;

namespace NodeAgent.Conformance.Tests.Traffic;

/// <summary>A world without a gateway: its listeners are backends themselves, so what they answer is known.</summary>
public sealed class EchoWorld : ILiveWorld, IAsyncLifetime
{
    private readonly Dictionary<string, JsonObject> _documents = SuiteCertificates.Objects.ToDictionary(
        d => SuiteNames.Key((string)d["kind"]!, (string?)d["metadata"]!["namespace"], (string)d["metadata"]!["name"]!),
        d => d.AsObject(),
        StringComparer.Ordinal);

    private readonly ConcurrentQueue<string> _log = new();
    private readonly Dictionary<string, Func<LiveListener>> _listeners = new(StringComparer.Ordinal);
    private readonly List<IAsyncDisposable> _started = [];
    private int _turn;

    /// <summary>Nothing gets right by waiting here.</summary>
    public TimeSpan Patience { get; set; } = TimeSpan.Zero;

    public async Task InitializeAsync()
    {
        EchoServer one = await StartAsync("infra-backend-v1", "tls-validity-checks-certificate", "tls-validity-checks-ca-certificate");
        EchoServer two = await StartAsync("infra-backend-v2", "tls-checks-certificate", null);
        Serve("plain", "HTTP", one.Http[0]);
        Serve("prior-knowledge", "HTTP", one.H2c[0]);
        Serve("secured", "HTTPS", one.Https[0]);
        Serve("passthrough", "TLS", two.Https[0]);
        Serve("tcp", "TCP", one.Tcp[0]);
        Serve("tcp-tls", "TLS", two.TcpTls[0]);
        Serve("udp", "UDP", one.Udp[0]);
        Serve("dns", "UDP", one.Dns[0]);
        _listeners["seven-of-ten"] = () => new LiveListener(Interlocked.Increment(ref _turn) % 10 < 7 ? one.Http[0] : two.Http[0], "HTTP");
        _listeners["second-time-wrong"] = () => new LiveListener(Interlocked.Increment(ref _turn) % 2 == 1 ? one.Http[0] : two.Http[0], "HTTP");
        _listeners["ninth-time-right"] = () => new LiveListener(Interlocked.Increment(ref _turn) < 9 ? two.Http[0] : one.Http[0], "HTTP");
        Script("scripted", AnswerAsWantedAsync);
        Script("closing", _ => Task.CompletedTask);
        Script("resetting", async connection =>
        {
            await connection.ReadAsync(1);
            connection.Reset();
        });
        Script("alerting", async connection =>
        {
            await connection.ReadAsync(5);
            await connection.SendAsync("\u0015\u0003\u0003\u0000\u0002\u0002\u0028"); // a fatal alert: handshake_failure
        });
    }

    public async Task DisposeAsync()
    {
        foreach (IAsyncDisposable started in _started)
        {
            await started.DisposeAsync();
        }
    }

    /// <summary>Counts turns anew.</summary>
    public void Restart() => _turn = 0;

    public LiveListener? Find(string gateway, int port) => _listeners.GetValueOrDefault(gateway.Split('/')[1])?.Invoke();

    public bool IsBehind(string service, string podNamespace, string pod) =>
        service.Split('/') is [string ns, string name] && ns == podNamespace && pod.StartsWith(name, StringComparison.Ordinal);

    /// <summary>All of them log what the first backend does; halved logs only every other line.</summary>
    public IEnumerable<string> LogOf(string service) => service.Split('/')[1] switch
    {
        "mirrored" => _log,
        "halved" => _log.Where((_, at) => at % 2 == 0),
        _ => [],
    };

    public JsonObject? Document(string key) => _documents.GetValueOrDefault(key);

    /// <summary>The response that the request's header X-Answer spells: <c>STATUS[;NAME=VALUE]...</c>.</summary>
    private static async Task AnswerAsWantedAsync(RawConnection connection)
    {
        string head = await connection.ReadHeadAsync();
        string wanted = head.Split("\r\n").First(l => l.StartsWith("X-Answer: ", StringComparison.Ordinal))["X-Answer: ".Length..];
        string[] parts = wanted.Split(';');
        IEnumerable<string> headers = parts[1..].Select(p => p.Replace("=", ": ", StringComparison.Ordinal) + "\r\n");
        await connection.SendAsync($"HTTP/1.1 {parts[0]} As Wanted\r\nContent-Length: 0\r\nConnection: close\r\n{string.Concat(headers)}\r\n");
    }

    private async Task<EchoServer> StartAsync(string service, string certificate, string? authorities)
    {
        ImmutableArray<IPEndPoint> free = [new IPEndPoint(IPAddress.Loopback, 0)];
        X509Certificate2Collection? trusted = null;
        if (authorities is not null)
        {
            trusted = [];
            trusted.ImportFromPem((string)Document($"ConfigMap {LiveRequest.FullName(authorities)}")!["data"]!["ca.crt"]!);
        }

        JsonNode secret = Document($"Secret {LiveRequest.FullName(certificate)}")!["data"]!;
        using X509Certificate2 pair = X509Certificate2.CreateFromPem(Text(secret["tls.crt"]), Text(secret["tls.key"]));
        EchoServer echo = await EchoServer.StartAsync(new EchoOptions
        {
            Http = free,
            H2c = free,
            Https = free,
            Tcp = free,
            TcpTls = free,
            Udp = free,
            Dns = free,
            Certificate = X509CertificateLoader.LoadPkcs12(pair.Export(X509ContentType.Pkcs12), null),
            ClientAuthorities = trusted,
            Identity = new EchoIdentity(SuiteNames.DefaultNamespace, Service: service, Pod: $"{service}-5d9f8-x2x2x"),
            Log = _log.Enqueue,
        });
        _started.Add(echo);
        return echo;
    }

    private static string Text(JsonNode? base64) => Encoding.ASCII.GetString(Convert.FromBase64String((string)base64!));

    private void Script(string name, Func<RawConnection, Task> script)
    {
        RawBackend backend = RawBackend.Start(script);
        _started.Add(backend);
        Serve(name, name == "alerting" ? "TLS" : "HTTP", backend.EndPoint);
    }

    private void Serve(string name, string protocol, IPEndPoint address) => _listeners[name] = () => new LiveListener(address, protocol);
}
