using System.Buffers;
using System.Globalization;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using NodeAgent.DataPlane.Http.Upstream;
using NodeAgent.DataPlane.Workers;

namespace NodeAgent.DataPlane.Http.Extensions.StaticFiles;

/// <summary>
/// The answer with a file: (1) what the file is; (2) 304 when the client has it already; (3) the part it wants, or 416; (4) the filters
/// of rule and backendRef; (5) the bytes, read off the worker and sent no faster than the client takes them.
/// </summary>
internal static class FileAnswer
{
    /// <summary>Bytes that are read at once.</summary>
    private const int ReadSize = 64 * 1024;

    public static ValueTask SendAsync(ProxyContext context, StaticContent content, string? cacheControl, HeaderFilters ofBackend)
    {
        // (1)
        context.Answer(StatusCodes.Status200OK, null);
        IHeaderDictionary asked = context.Request.Headers;
        IHeaderDictionary headers = context.Response.Headers;
        headers.ETag = content.ETag;
        headers.AcceptRanges = "bytes";
        if (content.Modified is { } modified)
        {
            headers.LastModified = HeaderUtilities.FormatDate(modified);
        }

        if (cacheControl is not null)
        {
            headers.CacheControl = cacheControl;
        }

        // (2)
        if (IsUnchanged(asked, content))
        {
            context.Response.StatusCode = StatusCodes.Status304NotModified;
            RequestFilters.ApplyToAnswer(context, ofBackend);
            return ValueTask.CompletedTask;
        }

        // (3)
        var range = new ByteRange(RangeKind.Whole, 0, content.Length);
        if (asked.Range.Count == 1 && context.Request.Method == "GET" && RangeHolds(asked.IfRange.ToString(), content))
        {
            range = ByteRange.Read(asked.Range[0], content.Length);
        }

        if (range.Kind == RangeKind.Unsatisfiable)
        {
            context.Response.StatusCode = StatusCodes.Status416RangeNotSatisfiable;
            headers.ContentRange = string.Create(CultureInfo.InvariantCulture, $"bytes */{content.Length}");
            Finish(context, ofBackend);
            return ValueTask.CompletedTask;
        }

        if (range.Kind == RangeKind.Part)
        {
            context.Response.StatusCode = StatusCodes.Status206PartialContent;
            headers.ContentRange = string.Create(
                CultureInfo.InvariantCulture, $"bytes {range.Start}-{range.Start + range.Length - 1}/{content.Length}");
        }

        headers.ContentType = content.ContentType;
        headers.ContentLength = range.Length;

        // (4)
        RequestFilters.ApplyToAnswer(context, ofBackend);

        // (5)
        return context.IsHead || range.Length == 0 ? ValueTask.CompletedTask : SendBodyAsync(context, content, range);
    }

    /// <summary>Ends an answer without a body.</summary>
    public static void Finish(ProxyContext context, HeaderFilters ofBackend)
    {
        context.Response.Headers.ContentLength = 0;
        RequestFilters.ApplyToAnswer(context, ofBackend);
    }

    /// <summary>If-None-Match decides alone where it is given (RFC 9110, section 13.2.2); tags are compared weakly.</summary>
    private static bool IsUnchanged(IHeaderDictionary asked, StaticContent content)
    {
        if (asked.IfNoneMatch.Count > 0)
        {
            return asked.IfNoneMatch.SelectMany(f => (f ?? "").Split(',', StringSplitOptions.TrimEntries))
                .Any(tag => tag == "*" || (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag) == content.ETag);
        }

        return content.Modified is { } modified
            && HeaderUtilities.TryParseDate(asked.IfModifiedSince.ToString(), out DateTimeOffset since)
            && modified <= since;
    }

    /// <summary>Whether the client's part is of the file as it is now: a strong tag or the very date.</summary>
    private static bool RangeHolds(string condition, StaticContent content) =>
        condition.Length == 0
        || condition == content.ETag
        || (content.Modified is { } modified && HeaderUtilities.TryParseDate(condition, out DateTimeOffset date) && date == modified);

    private static async ValueTask SendBodyAsync(ProxyContext context, StaticContent content, ByteRange range)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Min(range.Length, ReadSize));
        PipeWriter output = context.Output;
        long offset = range.Start;
        long left = range.Length;
        UpstreamFault fault = UpstreamFault.None;
        while (left > 0 && fault == UpstreamFault.None)
        {
            int read = await ReadAsync(content, offset, buffer.AsMemory(0, (int)Math.Min(left, buffer.Length)));
            await new WorkerSwitch(context.Worker);
            if (read <= 0)
            {
                // It became shorter while it was sent, or its disk is at an end.
                context.Fail(StatusCodes.Status500InternalServerError, "static_file_cut", FaultSide.Node);
                break;
            }

            output.Write(buffer.AsSpan(0, read));
            context.Sent += read;
            offset += read;
            left -= read;

            // Kestrel sends what is left of an answer by itself only if none of it was flushed before.
            if (left > 0 || range.Length > buffer.Length)
            {
                fault = await FlushAsync(context, output);
            }
        }

        ArrayPool<byte>.Shared.Return(buffer);
        if (fault == UpstreamFault.None && left == 0)
        {
            fault = await context.FinishOutputAsync();
        }

        if (fault != UpstreamFault.None)
        {
            context.Fail(fault);
        }
    }

    private static async ValueTask<int> ReadAsync(StaticContent content, long offset, Memory<byte> buffer)
    {
        try
        {
            return await content.ReadAsync(offset, buffer);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return -1;
        }
    }

    private static async ValueTask<UpstreamFault> FlushAsync(ProxyContext context, PipeWriter output)
    {
        bool taken = false;
        try
        {
            FlushResult flushed = await output.FlushAsync();
            taken = !flushed.IsCompleted && !flushed.IsCanceled;
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or InvalidOperationException)
        {
            // Kestrel has ended the answer under us: the client is gone.
        }

        await new WorkerSwitch(context.Worker);
        return taken && !context.ClientGone ? UpstreamFault.None : UpstreamFault.ClientGone;
    }
}
