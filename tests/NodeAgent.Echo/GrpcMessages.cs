using System.Buffers.Binary;
using System.Collections.Immutable;
using System.Text;

namespace NodeAgent.Echo;

/// <summary>What a gRPC call looked like to the backend: the fields of EchoResponse.assertions in the suite's grpcecho.proto.</summary>
/// <param name="Method"><c>/PACKAGE.SERVICE/METHOD</c></param>
/// <param name="Headers">Names lower case; a name once for each value.</param>
public sealed record GrpcEchoAnswer(
    string Method, ImmutableArray<(string Name, string Value)> Headers, string Authority, EchoIdentity Identity, EchoTls? Tls)
{
    public const string ServiceName = "gateway_api_conformance.echo_basic.grpcecho.GrpcEcho";

    /// <summary>The message behind its five bytes of gRPC framing.</summary>
    public byte[] Encode()
    {
        ProtoWriter assertions = new();
        assertions.Text(1, Method);
        foreach ((string name, string value) in Headers)
        {
            ProtoWriter header = new();
            header.Text(1, name);
            header.Text(2, value);
            assertions.Message(2, header);
        }

        assertions.Text(3, Authority);
        ProtoWriter context = new();
        context.Text(1, Identity.Namespace);
        context.Text(2, Identity.Ingress);
        context.Text(3, Identity.Service);
        context.Text(4, Identity.Pod);
        assertions.Message(4, context);
        if (Tls is not null)
        {
            ProtoWriter tls = new();
            tls.Text(1, Tls.Version);
            tls.Text(2, Tls.NegotiatedProtocol);
            tls.Text(3, Tls.ServerName);
            tls.Text(4, Tls.CipherSuite);
            foreach (string certificate in Tls.PeerCertificates ?? [])
            {
                tls.Text(5, certificate);
            }

            assertions.Message(5, tls);
        }

        ProtoWriter response = new();
        response.Message(1, assertions);
        response.Message(2, new ProtoWriter());
        return Framed(response.Bytes);
    }

    /// <summary>An EchoRequest, which has no fields.</summary>
    public static byte[] EncodeRequest() => Framed([]);

    /// <exception cref="FormatException">It is no such message.</exception>
    public static GrpcEchoAnswer Decode(ReadOnlySpan<byte> framed)
    {
        if (framed.Length < 5 || framed[0] != 0 || BinaryPrimitives.ReadUInt32BigEndian(framed[1..]) != framed.Length - 5)
        {
            throw new FormatException($"{framed.Length} bytes are no gRPC message");
        }

        ProtoFields response = ProtoFields.Read(framed[5..]);
        ProtoFields assertions = ProtoFields.Read(response.Bytes(1));
        ProtoFields context = ProtoFields.Read(assertions.Bytes(4));
        return new GrpcEchoAnswer(
            assertions.Text(1),
            [.. assertions.All(2).Select(h => ProtoFields.Read(h)).Select(h => (h.Text(1), h.Text(2)))],
            assertions.Text(3),
            new EchoIdentity(context.Text(1), context.Text(2), context.Text(3), context.Text(4)),
            assertions.All(5).Select(t => ProtoFields.Read(t))
                .Select(t => new EchoTls(t.Text(1), [.. t.All(5).Select(Encoding.UTF8.GetString)], t.Text(3), t.Text(2), t.Text(4)))
                .FirstOrDefault());
    }

    private static byte[] Framed(byte[] message)
    {
        byte[] framed = new byte[5 + message.Length];
        BinaryPrimitives.WriteUInt32BigEndian(framed.AsSpan(1), (uint)message.Length);
        message.CopyTo(framed, 5);
        return framed;
    }
}

/// <summary>Writes the only wire type that grpcecho.proto has: length-delimited fields.</summary>
internal sealed class ProtoWriter
{
    private readonly List<byte> bytes = [];

    public byte[] Bytes => [.. bytes];

    /// <summary>As proto3 has it an empty text is not written.</summary>
    public void Text(int field, string value)
    {
        if (value.Length > 0)
        {
            Field(field, Encoding.UTF8.GetBytes(value));
        }
    }

    public void Message(int field, ProtoWriter message) => Field(field, message.Bytes);

    private void Field(int field, byte[] value)
    {
        Number((uint)((field << 3) | 2));
        Number((uint)value.Length);
        bytes.AddRange(value);
    }

    private void Number(uint value)
    {
        for (; value >= 0x80; value >>= 7)
        {
            bytes.Add((byte)(value | 0x80));
        }

        bytes.Add((byte)value);
    }
}

/// <summary>The length-delimited fields of a message, in their order.</summary>
internal sealed record ProtoFields(ImmutableArray<(int Field, byte[] Value)> Fields)
{
    public static ProtoFields Read(ReadOnlySpan<byte> message)
    {
        ImmutableArray<(int, byte[])>.Builder fields = ImmutableArray.CreateBuilder<(int, byte[])>();
        while (!message.IsEmpty)
        {
            uint tag = Number(ref message);
            uint length = (tag & 7) == 2 ? Number(ref message) : throw new FormatException($"wire type {tag & 7} is not in grpcecho.proto");
            if (length > message.Length)
            {
                throw new FormatException("the message ends inside a field");
            }

            fields.Add(((int)(tag >> 3), message[..(int)length].ToArray()));
            message = message[(int)length..];
        }

        return new ProtoFields(fields.ToImmutable());
    }

    public IEnumerable<byte[]> All(int field) => Fields.Where(f => f.Field == field).Select(f => f.Value);

    /// <summary>Empty where the field is not there.</summary>
    public byte[] Bytes(int field) => All(field).LastOrDefault() ?? [];

    public string Text(int field) => Encoding.UTF8.GetString(Bytes(field));

    private static uint Number(ref ReadOnlySpan<byte> message)
    {
        uint value = 0;
        for (int shift = 0; shift < 35; shift += 7)
        {
            if (message.IsEmpty)
            {
                break;
            }

            byte next = message[0];
            message = message[1..];
            value |= (uint)(next & 0x7F) << shift;
            if ((next & 0x80) == 0)
            {
                return value;
            }
        }

        throw new FormatException("the message ends inside a number");
    }
}
