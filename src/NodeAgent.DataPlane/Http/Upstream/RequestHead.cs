using System.Buffers.Text;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>How a request's body travels to the backend.</summary>
/// <param name="Length">Bytes; -1: unknown, so chunked; 0: none.</param>
/// <param name="Upgrade">The protocol to switch to, or null.</param>
internal readonly record struct RequestShape(long Length, string? Upgrade)
{
    public bool HasBody => Length != 0;
}

/// <summary>
/// Writes the request head for a backend from Kestrel's header dictionary. Framing and connection headers are ours: whatever the client
/// said of them ended with its own connection.
/// </summary>
internal static class RequestHead
{
    /// <summary>Bytes that hold any head that Kestrel lets through, with what we add.</summary>
    public const int MaxLength = 128 * 1024;

    /// <returns>False when <paramref name="block"/> is too small; then nothing of it counts.</returns>
    public static bool TryWrite(
        Block block, string method, string target, string host, IHeaderDictionary headers, RequestShape shape)
    {
        var writer = new Writer(block.Free);
        writer.Text(method);
        writer.Bytes(" "u8);
        writer.Text(target);
        writer.Bytes(" HTTP/1.1\r\nHost: "u8);
        writer.Text(host);
        writer.Bytes("\r\n"u8);
        foreach (KeyValuePair<string, StringValues> header in headers)
        {
            if (IsOurs(header.Key) || HopByHop.IsDropped(header.Key))
            {
                continue;
            }

            foreach (string? value in header.Value)
            {
                writer.Header(header.Key, value ?? "");
            }
        }

        if (shape.Upgrade is not null)
        {
            writer.Bytes("Connection: Upgrade\r\n"u8);
            writer.Header("Upgrade", shape.Upgrade);
        }

        if (shape.Length < 0)
        {
            writer.Bytes("Transfer-Encoding: chunked\r\n"u8);
        }
        else if (shape.Length > 0 || SaysLengthZero(method))
        {
            writer.Bytes("Content-Length: "u8);
            writer.Number(shape.Length);
            writer.Bytes("\r\n"u8);
        }

        writer.Bytes("\r\n"u8);
        if (writer.Overflow)
        {
            return false;
        }

        block.End += writer.Length;
        return true;
    }

    /// <summary>Methods whose body is expected say that there is none (RFC 9110, section 8.6).</summary>
    private static bool SaysLengthZero(string method) => method is "POST" or "PUT" or "PATCH";

    /// <summary>Written above or below, or (Expect) answered by Kestrel.</summary>
    public static bool IsOurs(string name) => name.Length switch
    {
        4 => name.Equals("Host", StringComparison.OrdinalIgnoreCase),
        6 => name.Equals("Expect", StringComparison.OrdinalIgnoreCase),
        14 => name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase),
        _ => false,
    };

    private ref struct Writer(Span<byte> span)
    {
        private readonly Span<byte> _span = span;

        public int Length { get; private set; }

        public bool Overflow { get; private set; }

        private readonly Span<byte> Rest => _span[Length..];

        public void Bytes(ReadOnlySpan<byte> bytes)
        {
            if (bytes.TryCopyTo(Rest))
            {
                Length += bytes.Length;
            }
            else
            {
                Overflow = true;
            }
        }

        public void Text(string text)
        {
            if (text.Length > Rest.Length)
            {
                Overflow = true;
                return;
            }

            Length += Encoding.Latin1.GetBytes(text, Rest);
        }

        public void Number(long value)
        {
            if (Utf8Formatter.TryFormat(value, Rest, out int written))
            {
                Length += written;
            }
            else
            {
                Overflow = true;
            }
        }

        public void Header(string name, string value)
        {
            Text(name);
            Bytes(": "u8);
            Text(value);
            Bytes("\r\n"u8);
        }
    }
}
