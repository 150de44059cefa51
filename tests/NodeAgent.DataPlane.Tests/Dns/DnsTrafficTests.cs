using System.Net;
using System.Net.Sockets;
using NodeAgent.DataPlane.Tests.Tcp;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Tests.Dns;

public sealed class DnsTrafficTests : IAsyncLifetime
{
    private const int A = 1;
    private const int Txt = 16;
    private const int Aaaa = 28;

    private TcpRig _rig = null!;
    private NameServer _server = null!;

    public async Task InitializeAsync()
    {
        _rig = await TcpRig.StartAsync();
        _server = NameServer.Start(octet: 7);
    }

    public async Task DisposeAsync()
    {
        await _rig.DisposeAsync();
        await _server.DisposeAsync();
    }

    [Fact]
    public async Task Queries_are_forwarded_by_the_protocol_they_came_by()
    {
        await ServeAsync(Forward());
        byte[] query = Message.Query("www.example.com", A, id: 4711);
        byte[] expected = Message.Answer(query, 7);
        Assert.Equal(expected, await DnsClient.AskAsync(_rig.EndPoint, query));
        Assert.Equal(expected, await DnsClient.AskTcpAsync(_rig.EndPoint, query));
        Assert.Single(_server.Asked);
        Assert.Equal(2, Outcome("forwarded"));
    }

    [Fact]
    public async Task Every_query_has_an_ID_and_a_port_of_its_own()
    {
        await ServeAsync(Forward());
        byte[] query = Message.Query("a.b", A, id: 1);
        for (int i = 0; i < 20; i++)
        {
            Assert.Equal(1, Message.Id(await DnsClient.AskAsync(_rig.EndPoint, query)));
        }

        Assert.True(_server.Asked.Select(a => Message.Id(a.Query)).Distinct().Count() >= 18);
        Assert.True(_server.Asked.Select(a => a.Port).Distinct().Count() >= 18);
    }

    [Fact]
    public async Task Forged_answers_are_not_passed_on()
    {
        await using NameServer liar = NameServer.Start(query =>
        [
            Message.Answer([.. Message.Word(Message.Id(query) ^ 1), .. query[2..]], 66),
            Message.Answer(Message.Query("other.example", A, id: Message.Id(query)), 66),
            query,
            [1, 2, 3],
            Message.Answer(query, 7),
        ]);
        await ServeAsync(Forward(), liar.EndPoint);
        byte[] query = Message.Query("a.b", A);
        Assert.Equal(Message.Answer(query, 7), await DnsClient.AskAsync(_rig.EndPoint, query));
    }

    [Fact]
    public async Task The_next_server_is_asked_when_one_refuses_or_is_silent()
    {
        await using NameServer silent = NameServer.Start(_ => []);
        NameServer gone = NameServer.Start(octet: 9);
        IPEndPoint refusing = gone.EndPoint;
        await gone.DisposeAsync();
        byte[] query = Message.Query("a.b", A);

        // The good one, too, has no longer than this to answer, on however busy a machine.
        await ServeAsync(Forward() with { TimeoutMs = 3_000 }, [silent.EndPoint, _server.EndPoint]);
        Task<byte[]>[] asked =
        [
            .. Enumerable.Range(0, 16).Select(_ => DnsClient.AskAsync(_rig.EndPoint, query)),
            .. Enumerable.Range(0, 16).Select(_ => DnsClient.AskTcpAsync(_rig.EndPoint, query)),
        ];
        Assert.All(await Task.WhenAll(asked), answer => Assert.Equal(Message.Answer(query, 7), answer));
        Assert.NotEmpty(silent.Asked);

        await ServeAsync(Forward() with { TimeoutMs = 30_000 }, [refusing, _server.EndPoint]);
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(Message.Answer(query, 7), await DnsClient.AskAsync(_rig.EndPoint, query));
            Assert.Equal(Message.Answer(query, 7), await DnsClient.AskTcpAsync(_rig.EndPoint, query));
        }
    }

    [Fact]
    public async Task SERVFAIL_when_nobody_answers()
    {
        await using NameServer silent = NameServer.Start(_ => []);
        await ServeAsync(Forward() with { TimeoutMs = 50 }, silent.EndPoint);
        byte[] query = Message.Query("a.b", A, id: 99, edns: 1232);
        byte[] answer = await DnsClient.AskAsync(_rig.EndPoint, query);
        Assert.Equal((99, 2), (Message.Id(answer), Message.Rcode(answer)));
        Assert.Equal(2, silent.Asked.Count); // the same one again, for want of another
        Assert.Equal(2, Message.Rcode(await DnsClient.AskTcpAsync(_rig.EndPoint, query)));
        await ServeAsync(Forward(), []);
        Assert.Equal(2, Message.Rcode(await DnsClient.AskAsync(_rig.EndPoint, query)));
        Assert.Equal(3, Outcome("failed"));
    }

    [Fact]
    public async Task A_rule_with_records_answers_by_itself()
    {
        await ServeAsync(new DnsRule(0, ["static.example"], [], null, [
            new DnsRecord(DnsRecordType.A, 30, "192.0.2.1"),
            new DnsRecord(DnsRecordType.A, 30, "192.0.2.2"),
            new DnsRecord(DnsRecordType.Txt, 30, "hello"),
        ], []));
        byte[] a = await DnsClient.AskAsync(_rig.EndPoint, Message.Query("Static.Example", A));
        Assert.Equal((0, 2), (Message.Rcode(a), Message.Answers(a)));
        Assert.Equal("Static.Example", Message.NameOf(a)); // as it was asked: clients may check the case
        Assert.EndsWith("C00C000100010000001E0004C0000202", Convert.ToHexString(a));
        byte[] txt = await DnsClient.AskTcpAsync(_rig.EndPoint, Message.Query("static.example", Txt));
        Assert.EndsWith("0006" + "0568656C6C6F", Convert.ToHexString(txt));
        byte[] nothing = await DnsClient.AskAsync(_rig.EndPoint, Message.Query("static.example", Aaaa));
        Assert.Equal((0, 0), (Message.Rcode(nothing), Message.Answers(nothing)));
        Assert.Empty(_server.Asked);
    }

    [Fact]
    public async Task An_alias_is_answered_whatever_type_is_asked_for()
    {
        await ServeAsync(new DnsRule(0, [], [], null, [new DnsRecord(DnsRecordType.Cname, 5, "target.example")], []));
        string target = Convert.ToHexString(Message.Name("target.example"));
        Assert.EndsWith("C00C00050001000000050010" + target, Convert.ToHexString(await DnsClient.AskAsync(_rig.EndPoint, Message.Query("x", A))));
    }

    [Fact]
    public async Task What_does_not_fit_into_a_datagram_is_asked_for_again_by_TCP()
    {
        DnsRecord[] texts = [.. Enumerable.Range(0, 10).Select(i => new DnsRecord(DnsRecordType.Txt, 5, new string('t', 300)))];
        await ServeAsync(new DnsRule(0, [], [], null, [.. texts], []));
        byte[] query = Message.Query("a", Txt);
        byte[] cut = await DnsClient.AskAsync(_rig.EndPoint, query);
        Assert.True(Message.IsTruncated(cut));
        Assert.Equal(0, Message.Answers(cut));
        byte[] whole = await DnsClient.AskTcpAsync(_rig.EndPoint, query);
        Assert.False(Message.IsTruncated(whole));
        Assert.Equal(10, Message.Answers(whole));
    }

    [Fact]
    public async Task Rules_refuse_and_what_no_rule_takes_is_refused()
    {
        await ServeAsync(
            new DnsRule(0, ["*.blocked.example"], [], DnsRefusal.NxDomain, null, []),
            new DnsRule(1, ["secret.example"], [], DnsRefusal.Refused, null, []));
        Assert.Equal(3, Message.Rcode(await DnsClient.AskAsync(_rig.EndPoint, Message.Query("a.blocked.example", A))));
        Assert.Equal(5, Message.Rcode(await DnsClient.AskTcpAsync(_rig.EndPoint, Message.Query("secret.example", A))));
        Assert.Equal(5, Message.Rcode(await DnsClient.AskAsync(_rig.EndPoint, Message.Query("blocked.example", A))));
        Assert.Equal(2, Outcome("refused"));
    }

    [Fact]
    public async Task What_is_no_ordinary_query_is_answered_so_and_answers_are_never_answered()
    {
        await ServeAsync(Forward());
        Assert.Equal(1, Message.Rcode(await DnsClient.AskAsync(_rig.EndPoint, [.. Message.Header(1, 0, 1, 0, 0, 0), 5, 1])));
        Assert.Equal(1, Message.Rcode(await DnsClient.AskAsync(_rig.EndPoint, [.. Message.Query("a", A), 0])));
        Assert.Equal(4, Message.Rcode(await DnsClient.AskAsync(_rig.EndPoint, Message.Query("a", A, flags: 0x2800))));
        Assert.Equal(5, Message.Rcode(await DnsClient.AskAsync(_rig.EndPoint, Message.Query("version.bind", Txt, qclass: 3))));
        Assert.Equal(5, Message.Rcode(await DnsClient.AskTcpAsync(_rig.EndPoint, Message.Query("example.com", 252))));
        byte[] badVersion = await DnsClient.AskAsync(_rig.EndPoint, Message.Query("a", A, edns: 1232, version: 9));
        Assert.Equal(1, badVersion[^6]); // the upper bits of BADVERS, in the OPT record
        Assert.Empty(_server.Asked);

        // If an answer were answered, that would come first.
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        await socket.ConnectAsync(_rig.EndPoint);
        await socket.SendAsync(Message.Query("a", A, id: 1, flags: 0x8000));
        await socket.SendAsync(new byte[5]);
        await socket.SendAsync(Message.Query("a", A, id: 2));
        byte[] buffer = new byte[512];
        await socket.ReceiveAsync(buffer.AsMemory()).AsTask().WaitAsync(Net.Patience);
        Assert.Equal(2, Message.Id(buffer));
    }

    [Fact]
    public async Task Queries_on_one_TCP_connection_are_answered_together_and_in_pieces()
    {
        await using NameServer large = NameServer.Start(query => [Message.Answer(query, 7, padding: 60_000)]);
        await ServeAsync(Forward(), large.EndPoint);
        using NetworkStream stream = await DnsClient.ConnectAsync(_rig.EndPoint);
        byte[] all = [.. Enumerable.Range(1, 40).SelectMany(i => Framed(Message.Query($"q{i}.example", A, id: i)))];
        for (int at = 0; at < all.Length; at += 7)
        {
            await stream.WriteAsync(all.AsMemory(at, Math.Min(7, all.Length - at)));
        }

        stream.Socket.Shutdown(SocketShutdown.Send);
        var ids = new HashSet<int>();
        for (int i = 0; i < 40; i++)
        {
            byte[] answer = await DnsClient.ReadFramedAsync(stream).WaitAsync(Net.Patience);
            Assert.Equal($"q{Message.Id(answer)}.example", Message.NameOf(answer));
            Assert.True(answer.Length > 60_000);
            ids.Add(Message.Id(answer));
        }

        Assert.Equal(40, ids.Count);
        Assert.Equal(0, await stream.ReadAsync(new byte[1]).AsTask().WaitAsync(Net.Patience));
    }

    [Fact]
    public async Task Datagrams_and_connections_of_one_port_may_belong_to_different_listeners()
    {
        DnsRouteResource route = Route(new DnsRule(0, [], [], DnsRefusal.NxDomain, null, [])) with { Parents = [Parent("udp")] };
        await _rig.ApplyAsync(Edge(), route, TcpRig.Service("web"));
        Assert.Equal(3, Message.Rcode(await DnsClient.AskAsync(_rig.EndPoint, Message.Query("a", A))));
        await Net.ExpectResetAsync(_rig.EndPoint);
    }

    [Fact]
    public async Task A_removed_listener_answers_nobody_and_its_port_is_free()
    {
        await ServeAsync(Forward());
        await _rig.ApplyAsync(_rig.Edge());
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(_rig.EndPoint);
        await Net.ExpectRefusedAsync(_rig.EndPoint);
    }

    [Fact]
    public async Task A_taken_port_is_reported()
    {
        using var taken = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        taken.Bind(_rig.EndPoint);
        BindResult result = Assert.Single(await _rig.ApplyAsync(_rig.Edge(UdpListener)));
        Assert.Equal($"{_rig.EndPoint}/udp: address already in use", result.Error);
    }

    private static ListenerConfig UdpListener { get; } = new("udp", TcpRig.Port, ListenerProtocol.Udp);

    private static DnsRule Forward() => new(0, [], [], null, null, [TcpRig.Share("a")]);

    private static DnsRouteResource Route(params DnsRule[] rules) => new("shop", "names", 1, [Parent("udp"), Parent("tcp")], [.. rules]);

    private static RouteParent Parent(string listener) => new(TcpRig.Gateway, listener, []);

    private static byte[] Framed(byte[] message) => [.. Message.Word(message.Length), .. message];

    private GatewayResource Edge() => _rig.Edge(TcpRig.TcpListener(), UdpListener);

    private double Outcome(string outcome) =>
        _rig.Metric($"dns_queries_total{{route_kind=\"DNSRoute\",route_namespace=\"shop\",route_name=\"names\",outcome=\"{outcome}\"}}");

    private Task ServeAsync(params DnsRule[] rules) => ApplyAsync(rules, _server.EndPoint);

    private Task ServeAsync(DnsRule rule, IPEndPoint[] servers) => ApplyAsync([rule], servers);

    private Task ServeAsync(DnsRule rule, IPEndPoint server) => ApplyAsync([rule], server);

    private async Task ApplyAsync(DnsRule[] rules, params IPEndPoint[] servers) =>
        Assert.All(await _rig.ApplyAsync(Edge(), Route(rules), TcpRig.Service("a", servers)), r => Assert.Null(r.Error));
}
