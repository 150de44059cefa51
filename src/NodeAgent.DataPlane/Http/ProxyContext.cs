using System.Diagnostics;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeAgent.DataPlane.Http.Extensions;
using NodeAgent.DataPlane.Http.Transport;
using NodeAgent.DataPlane.Http.Upstream;
using NodeAgent.DataPlane.Linux;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// One request on its way: where it came in, what it met, how it ended. Reused for the requests of one HTTP/1.1 connection; touched
/// on its worker's thread only, but for the first lines of a request that Kestrel started on the pool.
/// </summary>
internal sealed class ProxyContext
{
    private CancellationTokenRegistration _clientWatch;
    private CompressingWriter? _compressor;

    public IFeatureCollection Features { get; private set; } = null!;

    public IHttpRequestFeature Request { get; private set; } = null!;

    public IHttpResponseFeature Response { get; private set; } = null!;

    public HttpConnection Connection { get; private set; } = null!;

    public Worker Worker => Connection.Worker;

    /// <summary>Who asks, for what depends on addresses.</summary>
    public ClientAddress Client => new(Connection.Peer.MappedAddress);

    /// <summary>The snapshot of this request: read once, kept for its life.</summary>
    public HttpSite Site { get; private set; } = null!;

    public RequestTarget Target { get; set; }

    /// <summary>The Host of the request without its port.</summary>
    public ReadOnlySpan<char> Host => HostText.AsSpan(0, HostLength);

    /// <summary>The Host of the request as it came; filters may change the header.</summary>
    public string HostText { get; private set; } = "";

    public int HostLength { private get; set; }

    public RouteMatch Match { get; set; }

    public HttpListenerTarget? Listener { get; set; }

    public HttpRuleTarget? Rule { get; set; }

    /// <summary>HTTP/1.0 or 1.1: the client's connection is the request's alone.</summary>
    public bool IsHttp1 { get; private set; }

    public bool IsHead => Request.Method == "HEAD";

    /// <summary>A WebSocket over HTTP/2 (RFC 8441, extended CONNECT).</summary>
    public bool IsWebSocketConnect { get; private set; }

    /// <summary>What the request means: the CONNECT of a WebSocket over HTTP/2 is the GET of one over HTTP/1.1.</summary>
    public string Method => IsWebSocketConnect ? "GET" : Request.Method;

    /// <summary>Address of the endpoint that answered, or was tried last.</summary>
    public string? Endpoint { get; set; }

    /// <summary>Why the answer is not the backend's own; the <c>reason</c> of the access log.</summary>
    public string? Reason { get; private set; }

    public FaultSide Side { get; private set; }

    /// <summary>The status for the log where the client is not there to read one.</summary>
    public int LoggedStatus { get; private set; }

    /// <summary>Host header towards the backend.</summary>
    public string OutgoingHost { get; set; } = "";

    /// <summary>Path and query towards the backend.</summary>
    public string OutgoingTarget { get; set; } = "";

    /// <summary>Bytes of the request body that a filter allows.</summary>
    public long BodyLimit { get; set; }

    /// <summary>The filter that may compress the answer.</summary>
    public Compression? Compression { get; set; }

    /// <summary>The answer's bytes are not those of the backend.</summary>
    public bool IsCompressed => _compressor is not null;

    /// <summary>Where the answer's body goes.</summary>
    public PipeWriter Output => _compressor ?? Features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer;

    public Exchange Exchange => field ??= new Exchange(this);

    /// <summary>Nobody is there to read the answer.</summary>
    public bool ClientGone => IsHttp1
        ? Connection.ClientGone
        : Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted.IsCancellationRequested;

    public long Received { get; set; }

    public long Sent { get; set; }

    public long Started { get; private set; }

    /// <summary>When the backend's head was read; 0 if never.</summary>
    public long HeadAt { get; set; }

    public int Tries { get; set; }

    public void Begin(IFeatureCollection features)
    {
        Started = Stopwatch.GetTimestamp();
        Features = features;
        Request = features.GetRequiredFeature<IHttpRequestFeature>();
        Response = features.GetRequiredFeature<IHttpResponseFeature>();
        Connection = features.GetRequiredFeature<HttpConnection>();
        IsHttp1 = Request.Protocol.StartsWith("HTTP/1", StringComparison.Ordinal);
        IsWebSocketConnect = Request.Method == "CONNECT"
            && features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: "websocket" };
        HostText = Request.Headers.Host.ToString();
        Target = default;
        HostLength = 0;
        Match = default;
        Listener = null;
        Rule = null;
        Endpoint = null;
        Reason = null;
        Side = FaultSide.None;
        LoggedStatus = 0;
        Received = Sent = HeadAt = 0;
        Tries = 0;
        BodyLimit = long.MaxValue;
        Compression = null;
        _compressor = null;
    }

    /// <returns>False when the address:port no longer serves HTTP.</returns>
    public bool TakeSite()
    {
        if (Connection.Binding.Target is not HttpSite site)
        {
            return false;
        }

        Site = site;
        return true;
    }

    /// <summary>Begins an answer of our own that is no failure.</summary>
    public void Answer(int status, string? reason)
    {
        Reason = reason;
        Response.Headers.Clear();
        Response.StatusCode = status;
    }

    /// <summary>The body of the answer goes out in this content coding from now on.</summary>
    public void Compress(string coding) =>
        _compressor = new CompressingWriter(Features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer, coding);

    /// <summary>The body of the answer is whole.</summary>
    /// <returns>ClientGone when it could not be sent.</returns>
    /// <exception cref="IOException">As flushing has it.</exception>
    public ValueTask<UpstreamFault> FinishOutputAsync()
    {
        return _compressor is null ? new ValueTask<UpstreamFault>(UpstreamFault.None) : FinishAsync(_compressor);

        async ValueTask<UpstreamFault> FinishAsync(CompressingWriter compressor)
        {
            FlushResult flushed = await compressor.FinishAsync();
            await new WorkerSwitch(Worker);
            Sent = compressor.Written;
            return flushed.IsCompleted || flushed.IsCanceled || ClientGone ? UpstreamFault.ClientGone : UpstreamFault.None;
        }
    }

    /// <summary>Nothing more is written, whether the answer is whole or not.</summary>
    public void EndOutput()
    {
        _compressor?.Dispose();
        _compressor = null;
    }

    /// <param name="read">The part of the request body that <paramref name="reader"/> gave just now.</param>
    /// <exception cref="BadHttpRequestException">With status 413: the body is larger than a filter allows.</exception>
    public void CheckBody(PipeReader reader, in ReadResult read)
    {
        if (read.Buffer.Length > BodyLimit - Received)
        {
            reader.AdvanceTo(read.Buffer.End);
            throw new BadHttpRequestException("the request body is too large", StatusCodes.Status413PayloadTooLarge);
        }
    }

    /// <summary>Answers instead of a backend, when nothing was sent yet; otherwise cuts the answer off, which is all that can be said.</summary>
    public void Fail(int status, string reason, FaultSide side)
    {
        Reason = reason;
        Side = side;

        // Body bytes that Kestrel holds cannot be taken back: they would follow the head of another answer.
        if (Response.HasStarted || Sent > 0)
        {
            LoggedStatus = Response.StatusCode;
            Abort();
            return;
        }

        LoggedStatus = status;
        Response.Headers.Clear();
        Response.StatusCode = status;
        Response.Headers.ContentLength = 0;
    }

    public void Fail(UpstreamFault fault)
    {
        Fail(UpstreamFaults.StatusOf(fault), UpstreamFaults.NameOf(fault), UpstreamFaults.SideOf(fault));
        if (fault == UpstreamFault.ClientGone)
        {
            LoggedStatus = UpstreamFaults.StatusOf(fault);
        }
    }

    /// <summary>The request is refused and not read to its end: HTTP/1.1 cannot go on behind it.</summary>
    public void CloseAfterwards()
    {
        if (!IsHttp1)
        {
            return;
        }

        Connection.LingerOnClose = true;
        if (Response.HasStarted)
        {
            Connection.CloseAfterRequest();
        }
        else
        {
            Response.Headers.Connection = "close";
        }
    }

    /// <summary>While the request waits for <paramref name="connection"/>, the client's going ends the wait. Null: it waits no more.</summary>
    public void WatchClient(UpstreamConnection? connection)
    {
        if (IsHttp1)
        {
            Connection.WaitsFor = connection;
            return;
        }

        _clientWatch.Dispose();
        _clientWatch = connection is null
            ? default
            : Features.GetRequiredFeature<IHttpRequestLifetimeFeature>().RequestAborted.UnsafeRegister(
                static state => ((ClientWatch)state!).Post(),
                new ClientWatch(Worker, connection, connection.Uses));
    }

    public void Abort() => Features.Get<IHttpRequestLifetimeFeature>()?.Abort();

    /// <summary>Tells a wait from a later one on the same connection: the message may arrive when that has begun.</summary>
    private sealed record ClientWatch(Worker Worker, UpstreamConnection Connection, int Use)
    {
        public void Post() => Worker.Post(
            static state =>
            {
                var watch = (ClientWatch)state!;
                if (watch.Connection.Uses == watch.Use)
                {
                    watch.Connection.Cancel(Errno.Canceled);
                }
            },
            this);
    }
}
