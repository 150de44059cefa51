using System.Buffers.Binary;
using System.Net;
using System.Net.Http.Headers;
using System.Text;

namespace NodeAgent.DataPlane.Health;

/// <summary>
/// The client side of grpc.health.v1.Health/Check. Its two messages are one field each, so they are written and read here.
/// </summary>
internal static class GrpcHealth
{
    /// <summary>Compressed flag and length before every message.</summary>
    private const int Prefix = 5;

    /// <summary>Field 1 as a varint: the status of a HealthCheckResponse.</summary>
    private const byte StatusTag = 0x08;

    private const byte Serving = 1;

    /// <summary>Bytes; an answer longer than this is not one of ours.</summary>
    private const int MaxAnswer = 1024;

    public static async Task<bool> IsServingAsync(HttpMessageInvoker invoker, IPEndPoint endPoint, string? service, CancellationToken cancel)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{endPoint}/grpc.health.v1.Health/Check")
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = new ByteArrayContent(Request(service)),
        };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue("application/grpc");
        request.Headers.TryAddWithoutValidation("TE", "trailers");
        using HttpResponseMessage answer = await invoker.SendAsync(request, cancel);
        byte[] body = new byte[MaxAnswer];
        int length = await (await answer.Content.ReadAsStreamAsync(cancel)).ReadAtLeastAsync(body, body.Length, throwOnEndOfStream: false, cancel);
        return answer.StatusCode == HttpStatusCode.OK && StatusOf(answer) == "0" && IsServing(body.AsSpan(0, length));
    }

    internal static byte[] Request(string? service)
    {
        byte[] name = Encoding.UTF8.GetBytes(service ?? "");
        var message = new List<byte>();
        if (name.Length > 0)
        {
            // Field 1, length-delimited; the length as a varint.
            message.Add(0x0a);
            for (int left = name.Length; ; left >>= 7)
            {
                message.Add((byte)(left > 0x7f ? (left & 0x7f) | 0x80 : left));
                if (left <= 0x7f)
                {
                    break;
                }
            }

            message.AddRange(name);
        }

        byte[] framed = new byte[Prefix + message.Count];
        BinaryPrimitives.WriteInt32BigEndian(framed.AsSpan(1), message.Count);
        message.CopyTo(framed, Prefix);
        return framed;
    }

    internal static bool IsServing(ReadOnlySpan<byte> body) =>
        body.Length >= Prefix + 2 && body[0] == 0 && body[Prefix] == StatusTag && body[Prefix + 1] == Serving;

    private static string? StatusOf(HttpResponseMessage answer)
    {
        const string name = "grpc-status";
        return answer.TrailingHeaders.TryGetValues(name, out IEnumerable<string>? values) || answer.Headers.TryGetValues(name, out values)
            ? values.First()
            : null;
    }
}
