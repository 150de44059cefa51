using System.Globalization;

namespace NodeAgent.Conformance.Traffic;

/// <summary>
/// One request that is really sent, and what must come of it: the full form of a line of traffic, with all that a line
/// has no words for. Namespaces are gateway-conformance-infra where none is given.
/// </summary>
/// <param name="To"><c>[NS/]GATEWAY[:PORT]</c>, port 80 where not given.</param>
/// <param name="Send">
/// <c>[h2|grpc|websocket] [METHOD] HOST/PATH</c>, <c>tcp</c>, <c>udp</c> or <c>dns NAME</c>. The path is sent as it
/// stands but for <c>{uuid}</c>, which is new for each sending. h2 without TLS is with prior knowledge. To a listener with
/// TLS all but udp and dns goes in TLS.
/// </param>
/// <param name="Answer">
/// <c>[NS/]SERVICE</c>: one of its pods answers, well; <c>A,B</c>: of any of these; <c>A*70,B*30,C*0</c>: of all of these, in
/// these shares (500 requests, ten at a time, each share within 0.05, no request lost; ten attempts).
/// <c>404</c>, <c>200|204</c>: the gateway answers so itself, or a pod with a code that is no success; 408 and 504 are one.
/// <c>UNIMPLEMENTED</c>, <c>UNAVAILABLE|INTERNAL</c>: gRPC codes. <c>error</c>: answered, neither well nor as a timeout.
/// <c>refused</c>: no answer but a transport error, such as a failed handshake. <c>closed</c>: the connection ends before a
/// byte of an answer, with FIN or RST and no TLS alert; of udp that nothing comes back.
/// </param>
/// <param name="Headers">Sent; the gRPC metadata. They must arrive as they are where <see cref="Seen"/> says nothing of headers.</param>
/// <param name="Tls">How the client does TLS; null leaves all of it to what is usual.</param>
/// <param name="Seen">What the answering pod saw; where it says nothing the pod saw what was sent.</param>
/// <param name="MirroredTo">Services whose pods must log the request within ten seconds, found by an id added to its query.</param>
/// <param name="MirrorPercent">Of the requests are mirrored so many (500 requests, three standard deviations; five attempts); null: all.</param>
/// <param name="Consecutive">So many sendings in a row must be answered so.</param>
/// <param name="Once">Sent once, right or wrong: what came before has shown that the gateway is ready.</param>
public sealed record LiveRequest(
    string To,
    string Send,
    string Answer,
    Dictionary<string, string>? Headers = null,
    TlsUse? Tls = null,
    SeenExpectation? Seen = null,
    ResponseExpectation? Response = null,
    RedirectExpectation? Redirect = null,
    string[]? MirroredTo = null,
    int? MirrorPercent = null,
    int Consecutive = 3,
    bool Once = false)
{
    /// <summary><c>NS/NAME</c>.</summary>
    public string Gateway => FullName(To.Split(':')[0]);

    public int Port => To.Split(':') is [_, string port] ? int.Parse(port, CultureInfo.InvariantCulture) : 80;

    /// <summary><c>NS/NAME</c> of a name that may have no namespace.</summary>
    public static string FullName(string name) =>
        name.Contains('/', StringComparison.Ordinal) ? name : $"{SuiteNames.DefaultNamespace}/{name}";

    /// <summary>The request of a line of traffic (<see cref="TrafficLine"/>).</summary>
    /// <exception cref="FormatException">The line is not of that form.</exception>
    public static LiveRequest Parse(string line)
    {
        ArgumentNullException.ThrowIfNull(line);
        TrafficLine parsed = TrafficLine.Parse(line);
        string[] words = line[..line.IndexOf(" -> ", StringComparison.Ordinal)].Split(' ');
        string[] headers = [.. words[2..].Where(w => !w.Contains('/', StringComparison.Ordinal))];
        return new LiveRequest(
            words[0],
            parsed.Protocol == TrafficProtocol.Tls ? "tcp" : string.Join(' ', words[1..^headers.Length]),
            parsed.Protocol == TrafficProtocol.Grpc && parsed.Answer == "404" ? "UNIMPLEMENTED" : parsed.Answer,
            headers.Select(h => h.Split(':', 2)).ToDictionary(h => h[0], h => h[1]),
            parsed.ServerName is string name ? new TlsUse(ServerName: name) : null);
    }

    /// <summary>As a line: for messages.</summary>
    public override string ToString() =>
        $"{To} {Send}{string.Concat((Headers ?? []).Select(h => $" {h.Key}:{h.Value}"))}{(Tls?.ServerName is string name ? $" (SNI {name})" : "")} -> {Answer}";
}

/// <param name="ServerName">SNI; the request's host where not given.</param>
/// <param name="Trust">
/// The Secret or ConfigMap with what signed the server's certificate, which must be of the server name; that of the suite's
/// HTTPS listeners where not given.
/// </param>
/// <param name="Certificate">The Secret with the client's certificate; it has none where not given.</param>
/// <param name="Asked">True: the server must have asked for a client certificate.</param>
public sealed record TlsUse(string? ServerName = null, string? Trust = null, string? Certificate = null, bool Asked = false);

/// <summary>What the pod that answered must have seen. Null parts: as it was sent; of TLS: whatever.</summary>
/// <param name="Headers">Repeated ones are joined with commas; white space around commas counts for nothing.</param>
/// <param name="Absent">Names of headers that must not be there.</param>
/// <param name="Protocol">As in "HTTP/2.0".</param>
/// <param name="Tls">Whether the pod's connection had TLS.</param>
/// <param name="ServerName">The SNI that the pod saw.</param>
/// <param name="Certificate">The Secret with the very certificate that the pod was shown.</param>
/// <param name="BackendHeader">The header whose value must be the name of the Service that answered.</param>
public sealed record SeenExpectation(
    string? Method = null,
    string? Host = null,
    string? Path = null,
    Dictionary<string, string>? Headers = null,
    string[]? Absent = null,
    string? Protocol = null,
    bool? Tls = null,
    string? ServerName = null,
    string? Certificate = null,
    string? BackendHeader = null);

/// <summary>Of the response's headers.</summary>
/// <param name="Headers">Values, or several of which one must be: <c>PUT | *</c>. White space around commas counts for nothing.</param>
public sealed record ResponseExpectation(Dictionary<string, string>? Headers = null, string[]? Absent = null);

/// <summary>The parts of Location. A scheme, host or path that is not given must be the request's own.</summary>
/// <param name="Port">Not given: Location has none, or the well-known one of its scheme.</param>
public sealed record RedirectExpectation(string? Scheme = null, string? Host = null, int? Port = null, string? Path = null);
