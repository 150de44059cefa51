namespace NodeAgent.Conformance.Tests.Traffic;

/// <summary>Each kind of expectation holds where it should and is missed where it should.</summary>
public sealed class LiveRequestsTests(EchoWorld world) : IClassFixture<EchoWorld>
{
    [Theory]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1}")]
    [InlineData("{to: plain, send: PUT any.example/a, answer: 'infra-backend-v2,infra-backend-v1'}")]
    [InlineData("{to: plain, send: 'any.example:1234/a/../%41?b', answer: infra-backend-v1}")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, headers: {A: b}, seen: {path: /a, headers: {a: b}, absent: [C], tls: false, protocol: HTTP/1.1}}")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, headers: {Backend: infra-backend-v1}, seen: {backendHeader: backend}}")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, headers: {X-Echo-Set-Header: 'A:x , y'}, response: {headers: {a: 'z | x'}, absent: [C]}}")]
    [InlineData("{to: plain, send: any.example/status/404, answer: '404'}")]
    [InlineData("{to: plain, send: any.example/status/408, answer: '504'}")]
    [InlineData("{to: plain, send: any.example/status/502, answer: '500|502'}")]
    [InlineData("{to: plain, send: any.example/status/503, answer: error, consecutive: 5}")]
    [InlineData("{to: plain, send: 'any.example/retry?uuid={uuid}&succeedAfter=1&responseCode=503', answer: '503'}")]
    [InlineData("{to: plain, send: 'any.example/a?b', answer: infra-backend-v1, mirroredTo: [mirrored]}")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, mirroredTo: [halved], mirrorPercent: 50}")]
    [InlineData("{to: plain, send: websocket any.example/ws, answer: infra-backend-v1}")]
    [InlineData("{to: seven-of-ten, send: any.example/a, answer: 'infra-backend-v1*70,infra-backend-v2*30,infra-backend-v3*0'}")]
    [InlineData("{to: prior-knowledge, send: h2 any.example/a, answer: infra-backend-v1, seen: {protocol: HTTP/2.0}}")]
    [InlineData("{to: prior-knowledge, send: grpc any.example/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/Echo, answer: infra-backend-v1, headers: {a: b}}")]
    [InlineData("{to: prior-knowledge, send: grpc any.example/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/EchoTwo, answer: infra-backend-v1}")]
    [InlineData("{to: prior-knowledge, send: grpc any.example/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/EchoThree, answer: UNIMPLEMENTED}")]
    [InlineData("{to: prior-knowledge, send: grpc any.example/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/EchoThree, answer: error}")]
    [InlineData("{to: 'secured:443', send: example.org/, answer: infra-backend-v1, seen: {tls: true, serverName: example.org}, tls: {asked: true}}")]
    [InlineData("{to: 'secured:443', send: h2 other.org/, answer: infra-backend-v1, seen: {serverName: example.org, protocol: HTTP/2.0}, tls: {serverName: example.org}}")]
    [InlineData("{to: 'secured:443', send: example.org/, answer: infra-backend-v1, seen: {certificate: tls-validity-checks-client-certificate}, tls: {certificate: tls-validity-checks-client-certificate}}")]
    [InlineData("{to: 'secured:443', send: grpc example.org/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/Echo, answer: infra-backend-v1, seen: {tls: true, serverName: example.org}}")]
    [InlineData("{to: 'secured:443', send: example.org/, answer: refused, tls: {certificate: tls-validity-checks-per-port-client-certificate}, once: true}")]
    [InlineData("{to: 'secured:443', send: example.org/, answer: refused, tls: {trust: tls-checks-ca-certificate}, once: true}")]
    [InlineData("{to: 'secured:443', send: example.com/, answer: refused, once: true}")]
    [InlineData("{to: 'passthrough:443', send: abc.example.com/, answer: infra-backend-v2, tls: {trust: tls-checks-ca-certificate}}")]
    [InlineData("{to: 'tcp:9000', send: tcp, answer: infra-backend-v1, seen: {tls: false}}")]
    [InlineData("{to: 'tcp-tls:8443', send: tcp, answer: infra-backend-v2, seen: {tls: true, serverName: abc.example.com}, tls: {serverName: abc.example.com, trust: tls-checks-ca-certificate}}")]
    [InlineData("{to: 'udp:5300', send: udp, answer: infra-backend-v1, consecutive: 20}")]
    [InlineData("{to: 'dns:5300', send: dns foo.bar.com, answer: coredns}")]
    [InlineData("{to: closing, send: tcp, answer: closed}")]
    [InlineData("{to: resetting, send: tcp, answer: closed, tls: {serverName: a.example}}")]
    [InlineData("{to: closing, send: tcp, answer: closed, tls: {serverName: a.example}}")]
    [InlineData("{to: resetting, send: any.example/, answer: refused}")]
    [InlineData("{to: alerting, send: tcp, answer: refused, tls: {serverName: a.example}}")]
    [InlineData("{to: 'dns:5300', send: udp, answer: closed}")]
    [InlineData("{to: scripted, send: any.example/a, answer: '302', headers: {X-Answer: '302;Location=/a'}, redirect: {}}")]
    [InlineData("{to: scripted, send: any.example/a, answer: '301', headers: {X-Answer: '301;Location=https://example.org:443/b'}, redirect: {scheme: https, host: example.org, path: /b}}")]
    [InlineData("{to: scripted, send: any.example/a, answer: '302', headers: {X-Answer: '302;Location=http://any.example:8080/a'}, redirect: {port: 8080}}")]
    [InlineData("{to: scripted, send: OPTIONS any.example/a, answer: 200|204, headers: {X-Answer: '204;Access-Control-Allow-Origin=*'}, response: {headers: {access-control-allow-origin: 'https://a.example | *'}}}")]
    public async Task What_is_as_expected_is_no_fault(string request)
    {
        IReadOnlyList<string> faults = await CheckAsync(request);
        Assert.True(faults.Count == 0, string.Join('\n', faults));
    }

    [Theory]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v2}", "pod gateway-conformance-infra/infra-backend-v1-5d9f8-x2x2x answers")]
    [InlineData("{to: plain, send: any.example/a, answer: other/infra-backend-v1}", "pod gateway-conformance-infra/infra-backend-v1-5d9f8-x2x2x answers")]
    [InlineData("{to: plain, send: any.example/status/404, answer: infra-backend-v1}", "answer 404")]
    [InlineData("{to: plain, send: any.example/health, answer: infra-backend-v1}", "answer 200, not of a pod")]
    [InlineData("{to: plain, send: any.example/a, answer: '404'}", "answers")]
    [InlineData("{to: plain, send: any.example/a, answer: '200'}", "answers")]
    [InlineData("{to: plain, send: any.example/status/504, answer: error}", "answer 504")]
    [InlineData("{to: plain, send: any.example/a, answer: error}", "answers")]
    [InlineData("{to: plain, send: any.example/a, answer: refused}", "answers")]
    [InlineData("{to: plain, send: any.example/a, answer: closed}", "answers")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, seen: {path: /b}}", "the pod saw path /a, not /b")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, seen: {host: b}}", "the pod saw host any.example, not b")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, seen: {method: PUT}}", "the pod saw method GET, not PUT")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, seen: {protocol: HTTP/2.0}}", "the pod saw protocol HTTP/1.1")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, seen: {tls: true}}", "the pod saw TLS False")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, seen: {serverName: a}}", "the pod saw server name (none)")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, seen: {headers: {A: b}}}", "the pod saw A: (none), not b")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, headers: {A: c}, seen: {headers: {A: b}}}", "the pod saw A: c, not b")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, headers: {A: b}, seen: {absent: [a]}}", "the pod saw a: b")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, headers: {Backend: x}, seen: {backendHeader: backend}}", "the pod of infra-backend-v1 saw backend: x")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, response: {headers: {a: b}}}", "with a: (none), not b")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, headers: {X-Echo-Set-Header: 'A:b'}, response: {headers: {a: c | d}}}", "with a: b, not c | d")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, headers: {X-Echo-Set-Header: 'A:b'}, response: {absent: [a]}}", "with a: b")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, mirroredTo: [mirrored, nobody], mirrorPercent: 100}", "of 500 requests 0 are mirrored to nobody")]
    [InlineData("{to: plain, send: any.example/a, answer: infra-backend-v1, mirroredTo: [halved], mirrorPercent: 20}", "of 500 requests 250 are mirrored to halved, not 20 %")]
    [InlineData("{to: plain, send: websocket any.example/a, answer: infra-backend-v1}", "answer 200")]
    [InlineData("{to: plain, send: h2 any.example/a, answer: infra-backend-v1}", "transport error")]
    [InlineData("{to: seven-of-ten, send: any.example/a, answer: 'infra-backend-v1*90,infra-backend-v2*10'}", "of 500 requests went 350 to")]
    [InlineData("{to: seven-of-ten, send: any.example/a, answer: 'infra-backend-v1*100,infra-backend-v2*0'}", "of 500 requests went 350 to")]
    [InlineData("{to: second-time-wrong, send: any.example/a, answer: infra-backend-v1}", "1 times right, then pod")]
    [InlineData("{to: nowhere, send: any.example/a, answer: infra-backend-v1}", "has no address")]
    [InlineData("{to: prior-knowledge, send: any.example/a, answer: infra-backend-v1}", "answer 400")]
    [InlineData("{to: prior-knowledge, send: grpc any.example/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/EchoThree, answer: infra-backend-v1}", "answer UNIMPLEMENTED")]
    [InlineData("{to: prior-knowledge, send: grpc any.example/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/Echo, answer: UNIMPLEMENTED}", "answers")]
    [InlineData("{to: prior-knowledge, send: grpc any.example/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/Echo, answer: infra-backend-v1, seen: {headers: {a: b}}}", "the pod saw a: (none)")]
    [InlineData("{to: 'secured:443', send: example.com/, answer: infra-backend-v1}", "transport error")]
    [InlineData("{to: 'secured:443', send: example.org/, answer: infra-backend-v1, seen: {certificate: tls-validity-checks-client-certificate}}", "the pod saw client certificate (none)")]
    [InlineData("{to: 'passthrough:443', send: abc.example.com/, answer: infra-backend-v2, tls: {trust: tls-checks-ca-certificate, asked: true}}", "without asking for a client certificate")]
    [InlineData("{to: 'passthrough:443', send: abc.example.com/, answer: infra-backend-v2, tls: {trust: mismatch-ca-certificate}}", "transport error")]
    [InlineData("{to: 'tcp:9000', send: tcp, answer: infra-backend-v2}", "pod gateway-conformance-infra/infra-backend-v1")]
    [InlineData("{to: 'tcp:9000', send: tcp, answer: closed}", "answers")]
    [InlineData("{to: 'tcp-tls:8443', send: tcp, answer: infra-backend-v2, seen: {tls: false}, tls: {serverName: abc.example.com, trust: tls-checks-ca-certificate}}", "the pod saw TLS True")]
    [InlineData("{to: 'udp:5300', send: udp, answer: infra-backend-v2}", "pod gateway-conformance-infra/infra-backend-v1")]
    [InlineData("{to: 'udp:5300', send: udp, answer: closed}", "answers")]
    [InlineData("{to: 'udp:5300', send: dns foo.bar.com, answer: coredns}", "the datagram is no good answer")]
    [InlineData("{to: 'dns:5300', send: udp, answer: infra-backend-v1}", "no datagram comes back")]
    [InlineData("{to: alerting, send: tcp, answer: closed, tls: {serverName: a.example}}", "transport error")]
    [InlineData("{to: resetting, send: any.example/, answer: error}", "transport error")]
    [InlineData("{to: scripted, send: any.example/a, answer: '302', headers: {X-Answer: '302'}, redirect: {}}", "with no good Location")]
    [InlineData("{to: scripted, send: any.example/a, answer: '302', headers: {X-Answer: '302;Location=/b'}, redirect: {}}", "with Location: /b")]
    [InlineData("{to: scripted, send: any.example/a, answer: '302', headers: {X-Answer: '302;Location=http://any.example:8080/a'}, redirect: {}}", "with Location")]
    [InlineData("{to: scripted, send: any.example/a, answer: '302', headers: {X-Answer: '302;Location=/a'}, redirect: {scheme: https}}", "with Location")]
    [InlineData("{to: scripted, send: any.example/a, answer: '302', headers: {X-Answer: '302;Location=/a'}, redirect: {host: example.org}}", "with Location")]
    [InlineData("{to: scripted, send: any.example/a, answer: '301', headers: {X-Answer: '302;Location=/a'}, redirect: {}}", "answer 302")]
    public async Task What_is_not_as_expected_is_said(string request, string fault) =>
        Assert.Contains(fault, Assert.Single(await CheckAsync(request)), StringComparison.Ordinal);

    [Fact]
    public async Task What_is_wrong_at_first_may_become_right_within_the_patience()
    {
        const string Request = "{to: ninth-time-right, send: any.example/a, answer: infra-backend-v1}";
        Assert.NotEmpty(await CheckAsync(Request));
        world.Patience = TimeSpan.FromSeconds(30);
        try
        {
            Assert.Empty(await CheckAsync(Request));
        }
        finally
        {
            world.Patience = TimeSpan.Zero;
        }
    }

    [Fact]
    public async Task Lines_of_traffic_are_sent_too()
    {
        const string Lines = """
            T:
              traffic:
                - plain POST any.example/a?b=c version:one color:orange -> infra-backend-v1
                - plain any.example/status/404 -> 404
                - seven-of-ten any.example/ -> infra-backend-v1*70,infra-backend-v2*30
                - prior-knowledge grpc any.example/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/EchoThree a:b -> 404
                - secured:443 example.org/ -> infra-backend-v1
                - tcp:9000 tcp -> infra-backend-v1
                - closing:443 tls:a.example -> closed
                - udp:5300 udp -> infra-backend-v2
            """;
        IReadOnlyList<string> faults = await LiveRequests.CheckAsync(ConformanceCase.Parse(Lines)["T"], world, CancellationToken.None);
        Assert.StartsWith("udp:5300 udp -> infra-backend-v2: ", Assert.Single(faults), StringComparison.Ordinal);
    }

    private async Task<IReadOnlyList<string>> CheckAsync(string request)
    {
        world.Restart();
        ConformanceCase test = ConformanceCase.Parse($"T: {{requests: [{request}]}}")["T"];
        return await LiveRequests.CheckAsync(test, world, CancellationToken.None);
    }
}
