using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace NodeAgent.Echo;

/// <summary>Chooses the answer by path, as the suite's echo-basic does; everything without a path of its own is echoed.</summary>
internal sealed class EchoResponder(EchoIdentity identity, Action<string>? log)
{
    private const int ChunkBytes = 64 * 1024;

    private readonly RetryCounters retries = new();
    private long requests;

    public long Requests => Interlocked.Read(ref requests);

    public Task RespondAsync(HttpContext context)
    {
        Interlocked.Increment(ref requests);
        string path = context.Request.Path.Value ?? "/";
        return path switch
        {
            _ when GrpcEcho.Takes(context) => GrpcEcho.RunAsync(context, identity),
            "/health" => TextAsync(context, 200, "OK"),
            "/ws" => WebSocketEcho.RunAsync(context),
            "/body" => ReturnBodyAsync(context),
            _ when path.StartsWith("/status/", StringComparison.Ordinal) => StatusAsync(context),
            _ when path.StartsWith("/bytes/", StringComparison.Ordinal) => BytesAsync(context, path["/bytes/".Length..]),
            _ when path.StartsWith("/retry", StringComparison.Ordinal) => RetryAsync(context),
            _ => EchoAsync(context),
        };
    }

    private async Task EchoAsync(HttpContext context)
    {
        HttpRequest request = context.Request;
        string target = RawTarget(context);
        log?.Invoke($"Echoing back request made to {target} to client ({new IPEndPoint(context.Connection.RemoteIpAddress!, context.Connection.RemotePort)})");

        string? delay = request.Query["delay"];
        if (!string.IsNullOrEmpty(delay))
        {
            if (!GoDuration.TryParse(delay, out TimeSpan wait))
            {
                await TextAsync(context, 500, $"delay {delay} is not a duration\n");
                return;
            }

            await Task.Delay(wait, context.RequestAborted);
        }

        SetResponseHeaders(context);
        SortedDictionary<string, string[]> headers = new(StringComparer.Ordinal);
        foreach ((string name, Microsoft.Extensions.Primitives.StringValues values) in request.Headers)
        {
            // Go moves Host out of the headers and spells every name its canonical way.
            if (!name.Equals("Host", StringComparison.OrdinalIgnoreCase) && !name.StartsWith(':'))
            {
                headers[Canonical(name)] = [.. values.Select(v => v ?? "")];
            }
        }

        EchoAnswer answer = new(
            target,
            request.Headers.Host.ToString(),
            request.Method,
            request.Protocol == "HTTP/2" ? "HTTP/2.0" : request.Protocol,
            headers,
            context.Connection.LocalPort.ToString(CultureInfo.InvariantCulture),
            identity.Namespace,
            identity.Ingress,
            identity.Service,
            identity.Pod,
            EchoCertificates.Describe(context));
        byte[] body = JsonSerializer.SerializeToUtf8Bytes(answer, EchoJson.Indented);
        context.Response.ContentType = "application/json";
        context.Response.Headers.XContentTypeOptions = "nosniff";
        context.Response.ContentLength = body.Length;
        await context.Response.Body.WriteAsync(body, context.RequestAborted);
    }

    private static Task StatusAsync(HttpContext context)
    {
        // Go's pattern is anchored on the raw target: a query makes it a bad request.
        string code = RawTarget(context)["/status/".Length..];
        bool good = code.Length == 3 && code.All(char.IsAsciiDigit) && code[0] is >= '1' and <= '9';
        context.Response.StatusCode = good ? int.Parse(code, CultureInfo.InvariantCulture) : 400;
        return Task.CompletedTask;
    }

    private async Task RetryAsync(HttpContext context)
    {
        IQueryCollection query = context.Request.Query;
        string? uuid = query["uuid"];
        if (string.IsNullOrEmpty(uuid)
            || !int.TryParse(query["succeedAfter"], NumberStyles.None, CultureInfo.InvariantCulture, out int succeedAfter))
        {
            await TextAsync(context, 400, "uuid and succeedAfter are required\n");
            return;
        }

        if (!retries.ShouldFail(uuid, succeedAfter))
        {
            await EchoAsync(context);
            return;
        }

        if (GoDuration.TryParse(query["delayRetry"].ToString(), out TimeSpan wait))
        {
            await Task.Delay(wait, context.RequestAborted);
        }

        if (int.TryParse(query["responseCode"], NumberStyles.None, CultureInfo.InvariantCulture, out int code) && code is >= 200 and <= 999)
        {
            context.Response.StatusCode = code;
            return;
        }

        Reset(context);
    }

    /// <summary>Ends the client's connection with RST; over HTTP/2 only the stream.</summary>
    private static void Reset(HttpContext context)
    {
        IConnectionSocketFeature? connection = context.Features.Get<IConnectionSocketFeature>();
        if (connection is not null && HttpProtocol.IsHttp11(context.Request.Protocol))
        {
            connection.Socket.LingerState = new LingerOption(true, 0);
            connection.Socket.Close();
        }

        context.Abort();
    }

    /// <summary>The request body as it comes, chunk by chunk: for streaming and back-pressure. Not in echo-basic.</summary>
    private static async Task ReturnBodyAsync(HttpContext context)
    {
        SetResponseHeaders(context);
        context.Response.ContentType = context.Request.ContentType ?? "application/octet-stream";
        await context.Response.StartAsync(context.RequestAborted);
        await context.Request.Body.CopyToAsync(context.Response.Body, context.RequestAborted);
    }

    /// <summary>/bytes/N: N bytes with a Content-Length; with <c>?chunked</c> without one. Not in echo-basic.</summary>
    private static async Task BytesAsync(HttpContext context, string count)
    {
        if (!long.TryParse(count, NumberStyles.None, CultureInfo.InvariantCulture, out long left))
        {
            await TextAsync(context, 400, "want /bytes/N\n");
            return;
        }

        SetResponseHeaders(context);
        context.Response.ContentType = "application/octet-stream";
        context.Response.ContentLength = context.Request.Query.ContainsKey("chunked") ? null : left;
        byte[] chunk = new byte[Math.Min(left, ChunkBytes)];
        chunk.AsSpan().Fill((byte)'x');
        for (; left > 0; left -= chunk.Length)
        {
            await context.Response.Body.WriteAsync(chunk.AsMemory(0, (int)Math.Min(left, chunk.Length)), context.RequestAborted);
        }
    }

    /// <summary>X-Echo-Set-Header: name:value,name:value. The same name twice is joined with a comma.</summary>
    private static void SetResponseHeaders(HttpContext context)
    {
        foreach (string? list in context.Request.Headers["X-Echo-Set-Header"])
        {
            foreach (string pair in (list ?? "").Split(','))
            {
                string[] parts = pair.Trim().Split(':', 2);
                if (parts[0].Length > 0)
                {
                    string value = parts.Length > 1 ? parts[1].Trim() : "";
                    string before = context.Response.Headers[parts[0]].ToString();
                    context.Response.Headers[parts[0]] = before.Length == 0 ? value : $"{before},{value}";
                }
            }
        }
    }

    private static async Task TextAsync(HttpContext context, int status, string text)
    {
        context.Response.StatusCode = status;
        context.Response.ContentType = "text/plain; charset=utf-8";
        context.Response.ContentLength = text.Length;
        await context.Response.WriteAsync(text, context.RequestAborted);
    }

    private static string RawTarget(HttpContext context) => context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    private static string Canonical(string name) => string.Create(name.Length, name, static (to, from) =>
    {
        bool start = true;
        for (int i = 0; i < from.Length; i++)
        {
            to[i] = start ? char.ToUpperInvariant(from[i]) : char.ToLowerInvariant(from[i]);
            start = from[i] == '-';
        }
    });
}
