using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Globalization;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace NodeAgent.Echo;

/// <summary>The gRPC sockets: service GrpcEcho with Echo and EchoTwo; every other method is unimplemented.</summary>
internal sealed class GrpcEcho : IAsyncDisposable
{
    private const string Service = "/gateway_api_conformance.echo_basic.grpcecho.GrpcEcho/";
    private const int Unimplemented = 12;

    /// <summary>A frame is a byte of flags and four of length, before the message.</summary>
    private const int FrameHeaderBytes = 5;

    private readonly KestrelHost host;
    private readonly int clear;

    private GrpcEcho(KestrelHost host, int clear)
    {
        this.host = host;
        this.clear = clear;
    }

    public ImmutableArray<IPEndPoint> Clear => host.EndPoints[..clear];

    public ImmutableArray<IPEndPoint> Tls => host.EndPoints[clear..];

    /// <summary>Null when the options have no such socket.</summary>
    public static async Task<GrpcEcho?> StartAsync(EchoOptions options)
    {
        Door[] doors =
        [
            .. options.Grpc.Select(e => new Door(e, HttpProtocols.Http2)),
            .. options.GrpcTls.Select(e => new Door(e, HttpProtocols.Http2, options.Tls)),
        ];
        return doors.Length == 0
            ? null
            : new GrpcEcho(await KestrelHost.StartAsync(doors, c => RespondAsync(c, options)), options.Grpc.Length);
    }

    public ValueTask DisposeAsync() => host.DisposeAsync();

    private static async Task RespondAsync(HttpContext context, EchoOptions options)
    {
        string path = context.Request.Path.Value ?? "/";
        options.Log?.Invoke($"Echoing back request made to {path} to client ({new IPEndPoint(context.Connection.RemoteIpAddress!, context.Connection.RemotePort)})");
        context.Response.ContentType = "application/grpc";
        if (path is not (Service + "Echo" or Service + "EchoTwo"))
        {
            context.Response.Headers["grpc-status"] = Unimplemented.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = $"{path} is not implemented";
            return;
        }

        using var request = new MemoryStream();
        await context.Request.Body.CopyToAsync(request, context.RequestAborted);
        byte[] message = Response(context, options.Identity, request.ToArray());
        byte[] frame = new byte[FrameHeaderBytes + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame, FrameHeaderBytes);
        await context.Response.Body.WriteAsync(frame, context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }

    /// <summary>EchoResponse: assertions = 1, request = 2 (gateway-api conformance/grpcecho.proto).</summary>
    private static byte[] Response(HttpContext context, EchoIdentity identity, byte[] frame)
    {
        var assertions = new ProtoWriter();
        assertions.Text(1, context.Request.Path.Value!);
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in context.Request.Headers)
        {
            // Host is how Kestrel shows :authority; gRPC servers see the latter.
            string key = name.Equals("Host", StringComparison.OrdinalIgnoreCase) ? ":authority" : name.ToLowerInvariant();
            foreach (string? value in values)
            {
                assertions.Message(2, new ProtoWriter().Text(1, key).Text(2, value ?? ""));
            }
        }

        assertions.Text(3, context.Request.Headers.Host.ToString());
        assertions.Message(4, new ProtoWriter()
            .Text(1, identity.Namespace).Text(2, identity.Ingress).Text(3, identity.Service).Text(4, identity.Pod));
        if (EchoTls.Of(context) is EchoTls tls)
        {
            ProtoWriter seen = new ProtoWriter()
                .Text(1, tls.Version).Text(2, tls.NegotiatedProtocol).Text(3, tls.ServerName).Text(4, tls.CipherSuite);
            foreach (string certificate in tls.PeerCertificates)
            {
                seen.Text(5, certificate);
            }

            assertions.Message(5, seen);
        }

        return new ProtoWriter().Message(1, assertions).Bytes(2, frame.AsSpan(Math.Min(FrameHeaderBytes, frame.Length))).ToArray();
    }

    /// <summary>Length-delimited fields of Protocol Buffers, the only ones that the echo has.</summary>
    private sealed class ProtoWriter
    {
        private readonly MemoryStream written = new();

        public ProtoWriter Text(int field, string value) => value.Length == 0 ? this : Bytes(field, Encoding.UTF8.GetBytes(value));

        public ProtoWriter Message(int field, ProtoWriter message) => Bytes(field, message.ToArray());

        public ProtoWriter Bytes(int field, ReadOnlySpan<byte> value)
        {
            const int LengthDelimited = 2;
            Number((uint)((field << 3) | LengthDelimited));
            Number((uint)value.Length);
            written.Write(value);
            return this;
        }

        public byte[] ToArray() => written.ToArray();

        /// <summary>Seven bits a byte, low ones first; the high bit says that more follow.</summary>
        private void Number(uint value)
        {
            for (; value > 0x7F; value >>= 7)
            {
                written.WriteByte((byte)(value | 0x80));
            }

            written.WriteByte((byte)value);
        }
    }
}
