using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>
/// Compresses answers for clients that accept it. Left alone is what is encoded already, what is a part or asks not to be transformed,
/// and streams of events or gRPC messages, whose parts must not wait for each other.
/// </summary>
internal sealed class Compression(CompressionFilter filter) : HttpExtension
{
    private readonly string[] _codings = [.. filter.Codings];
    private readonly HashSet<string> _types =
        new(filter.ContentTypes.Where(t => !t.EndsWith("/*", StringComparison.Ordinal)), StringComparer.OrdinalIgnoreCase);

    private readonly HashSet<string> _families = new(
        filter.ContentTypes.Where(t => t.EndsWith("/*", StringComparison.Ordinal)).Select(t => t[..^2]), StringComparer.OrdinalIgnoreCase);

    public override ValueTask<bool> AdmitAsync(ProxyContext context)
    {
        context.Compression = this;
        return Admitted;
    }

    /// <summary>The head of the answer is final but for what compressing changes of it.</summary>
    public void Prepare(ProxyContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        if (!IsCompressible(context.Response.StatusCode, headers))
        {
            return;
        }

        AddVary(headers);
        if (AcceptEncoding.Choose(context.Request.Headers.AcceptEncoding, _codings) is not { } coding)
        {
            return;
        }

        headers.ContentEncoding = coding;
        headers.ContentLength = null;
        headers.Remove(HeaderNames.AcceptRanges);
        if (headers.ETag.ToString() is ['"', ..] strong)
        {
            // The compressed bytes are not the ones that the tag stands for.
            headers.ETag = "W/" + strong;
        }

        if (!context.IsHead)
        {
            context.Compress(coding);
        }
    }

    private bool IsCompressible(int status, IHeaderDictionary headers) =>
        status is >= 200 and not (StatusCodes.Status204NoContent or StatusCodes.Status205ResetContent
            or StatusCodes.Status206PartialContent or StatusCodes.Status304NotModified)
        && headers.ContentEncoding.Count == 0
        && headers.ContentRange.Count == 0
        && !(headers.ContentLength < filter.MinBytes)
        && !(headers.ContentLength == 0)
        && !headers.CacheControl.ToString().Contains("no-transform", StringComparison.OrdinalIgnoreCase)
        && IsCompressible(headers.ContentType.ToString());

    private bool IsCompressible(ReadOnlySpan<char> contentType)
    {
        int semicolon = contentType.IndexOf(';');
        ReadOnlySpan<char> type = (semicolon < 0 ? contentType : contentType[..semicolon]).Trim();
        int slash = type.IndexOf('/');
        if (slash < 0
            || type.Equals("text/event-stream", StringComparison.OrdinalIgnoreCase)
            || type.StartsWith("application/grpc", StringComparison.OrdinalIgnoreCase))
        {
            return false;
        }

        return _types.GetAlternateLookup<ReadOnlySpan<char>>().Contains(type)
            || _families.GetAlternateLookup<ReadOnlySpan<char>>().Contains(type[..slash]);
    }

    private static void AddVary(IHeaderDictionary headers)
    {
        StringValues vary = headers.Vary;
        foreach (string? field in vary)
        {
            foreach (string name in (field ?? "").Split(',', StringSplitOptions.TrimEntries))
            {
                if (name == "*" || name.Equals(HeaderNames.AcceptEncoding, StringComparison.OrdinalIgnoreCase))
                {
                    return;
                }
            }
        }

        headers.Vary = StringValues.Concat(vary, HeaderNames.AcceptEncoding);
    }
}
