using System.Buffers;
using System.Buffers.Text;
using System.Text;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>Where a response body ends.</summary>
internal enum BodyFraming
{
    None,
    Length,
    Chunked,
    UntilClose,
}

/// <summary>The parts of a response head that decide how the connection goes on.</summary>
/// <param name="Length">Body bytes; -1 when no Content-Length was given.</param>
/// <param name="KeepAlive">The backend means to keep the connection.</param>
internal readonly record struct ResponseHead(int Status, bool Http11, long Length, bool Chunked, bool KeepAlive)
{
    /// <summary>A 205 may not have content (RFC 9110, section 15.3.6). What comes nevertheless is not read, so nothing can follow it.</summary>
    public bool HasUnwantedContent => Status == 205 && (Chunked || Length != 0);

    /// <param name="toHead">The request was HEAD.</param>
    public BodyFraming Framing(bool toHead) =>
        toHead || Status is 204 or 205 or 304 || Status < 200 ? BodyFraming.None
        : Chunked ? BodyFraming.Chunked
        : Length > 0 ? BodyFraming.Length
        : Length == 0 ? BodyFraming.None
        : BodyFraming.UntilClose;
}

/// <summary>Receives the fields of a head as they are parsed; spans are only good during the call.</summary>
internal interface IHeaderSink
{
    void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value);
}

/// <summary>
/// Parses a response head, strictly: reject, never repair (RFC 9112). What a lenient parser takes, another proxy may read
/// differently, and then one tenant's answer becomes another's.
/// </summary>
internal static class ResponseHeadParser
{
    private static readonly SearchValues<byte> TokenBytes = SearchValues.Create(
        "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> ForbiddenInValue = SearchValues.Create(
        [.. Enumerable.Range(0, 32).Where(b => b != '\t').Select(b => (byte)b), 127]);

    /// <param name="consumed">Bytes of the head, its empty line included; 0 while it is not whole.</param>
    /// <returns>None with <paramref name="consumed"/> 0: more bytes are needed.</returns>
    public static UpstreamFault TryParse<TSink>(ReadOnlySpan<byte> bytes, ref TSink sink, out ResponseHead head, out int consumed)
        where TSink : IHeaderSink, allows ref struct
    {
        head = default;
        consumed = 0;
        int end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            // Garbage is told early: it may never end.
            return bytes.Length > 0 && !LooksLikeStatusLine(bytes) ? UpstreamFault.BadHead : UpstreamFault.None;
        }

        ReadOnlySpan<byte> lines = bytes[..(end + 2)];
        int lineEnd = lines.IndexOf("\r\n"u8);
        if (!TryStatusLine(lines[..lineEnd], out bool http11, out int status))
        {
            return UpstreamFault.BadHead;
        }

        var fields = new Fields { KeepAlive = http11, Http11 = http11 };
        lines = lines[(lineEnd + 2)..];
        while (lines.Length > 0)
        {
            lineEnd = lines.IndexOf("\r\n"u8);
            UpstreamFault fault = fields.Take(lines[..lineEnd], ref sink);
            if (fault != UpstreamFault.None)
            {
                return fault;
            }

            lines = lines[(lineEnd + 2)..];
        }

        if (fields.Chunked && fields.Length >= 0)
        {
            return UpstreamFault.BadFraming;
        }

        consumed = end + 4;
        head = new ResponseHead(status, http11, fields.Length, fields.Chunked, fields.KeepAlive);
        return UpstreamFault.None;
    }

    private static bool LooksLikeStatusLine(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> expected = "HTTP/1."u8;
        return bytes.Length < expected.Length ? expected.StartsWith(bytes) : bytes.StartsWith(expected);
    }

    private static bool TryStatusLine(ReadOnlySpan<byte> line, out bool http11, out int status)
    {
        http11 = line.StartsWith("HTTP/1.1 "u8);
        status = 0;
        if ((!http11 && !line.StartsWith("HTTP/1.0 "u8)) || line.Length < 12 || line.ContainsAny(ForbiddenInValue))
        {
            return false;
        }

        ReadOnlySpan<byte> digits = line.Slice(9, 3);
        return !digits.ContainsAnyExceptInRange((byte)'0', (byte)'9')
            && Utf8Parser.TryParse(digits, out status, out _)
            && status >= 100
            && (line.Length == 12 || line[12] == ' ');
    }

    private ref struct Fields
    {
        public bool Http11;
        public bool KeepAlive;
        public bool Chunked;
        public long Length = -1;

        public Fields()
        {
        }

        public UpstreamFault Take<TSink>(ReadOnlySpan<byte> line, ref TSink sink)
            where TSink : IHeaderSink, allows ref struct
        {
            int colon = line.IndexOf((byte)':');
            if (colon <= 0 || line[..colon].ContainsAnyExcept(TokenBytes))
            {
                return UpstreamFault.BadHead; // obsolete line folding lands here too
            }

            ReadOnlySpan<byte> name = line[..colon];
            ReadOnlySpan<byte> value = line[(colon + 1)..].Trim(" \t"u8);
            if (value.ContainsAny(ForbiddenInValue))
            {
                return UpstreamFault.BadHead;
            }

            switch (name.Length)
            {
                case 14 when Ascii.EqualsIgnoreCase(name, "content-length"u8):
                    return TakeLength(value);
                case 17 when Ascii.EqualsIgnoreCase(name, "transfer-encoding"u8):
                    return TakeEncoding(value);
                case 10 when Ascii.EqualsIgnoreCase(name, "connection"u8):
                    TakeConnection(value);
                    break;
            }

            sink.OnHeader(name, value);
            return UpstreamFault.None;
        }

        private UpstreamFault TakeLength(ReadOnlySpan<byte> value)
        {
            bool good = Length < 0
                && value.Length is > 0 and < 19
                && !value.ContainsAnyExceptInRange((byte)'0', (byte)'9')
                && Utf8Parser.TryParse(value, out Length, out _);
            return good ? UpstreamFault.None : UpstreamFault.BadFraming;
        }

        private UpstreamFault TakeEncoding(ReadOnlySpan<byte> value)
        {
            if (Chunked || !Http11 || !Ascii.EqualsIgnoreCase(value, "chunked"u8))
            {
                return UpstreamFault.BadFraming;
            }

            Chunked = true;
            return UpstreamFault.None;
        }

        private void TakeConnection(ReadOnlySpan<byte> value)
        {
            foreach (Range part in value.Split((byte)','))
            {
                ReadOnlySpan<byte> token = value[part].Trim(" \t"u8);
                if (Ascii.EqualsIgnoreCase(token, "close"u8))
                {
                    KeepAlive = false;
                }
                else if (!Http11 && Ascii.EqualsIgnoreCase(token, "keep-alive"u8))
                {
                    KeepAlive = true;
                }
            }
        }
    }
}
