using System.Globalization;
using System.Net.Http.Headers;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;

namespace NodeAgent.DataPlane.Http.Upstream;

/// <summary>Takes the fields of an HTTP/2 backend's answer over into the client's, by the rules of an HTTP/1.1 answer.</summary>
internal static class Http2Answer
{
    /// <param name="length">Body bytes; -1 when no Content-Length was given.</param>
    public static UpstreamFault TryCopyHead(HttpResponseMessage answer, IHttpResponseFeature to, out long length)
    {
        length = -1;
        to.StatusCode = (int)answer.StatusCode;
        IHeaderDictionary headers = to.Headers;
        UpstreamFault fault = TryCopy(answer.Headers.NonValidated, headers, ref length);
        if (fault == UpstreamFault.None)
        {
            fault = TryCopy(answer.Content.Headers.NonValidated, headers, ref length);
        }

        if (length >= 0 && to.StatusCode != StatusCodes.Status204NoContent)
        {
            headers.ContentLength = to.StatusCode == StatusCodes.Status205ResetContent ? 0 : length;
        }

        return fault;
    }

    /// <summary>Only HTTP/2 clients can be given trailers; known once the body was read to its end.</summary>
    public static void CopyTrailers(HttpResponseMessage answer, IFeatureCollection features)
    {
        if (features.Get<IHttpResponseTrailersFeature>()?.Trailers is not { IsReadOnly: false } trailers)
        {
            return;
        }

        foreach (KeyValuePair<string, HeaderStringValues> field in answer.TrailingHeaders.NonValidated)
        {
            StringValues values = Values(field.Value);
            if (IsTrailer(field.Key) && IsSendable(field.Key, values))
            {
                trailers[field.Key] = values;
            }
        }
    }

    private static UpstreamFault TryCopy(HttpHeadersNonValidated from, IHeaderDictionary to, ref long length)
    {
        foreach (KeyValuePair<string, HeaderStringValues> field in from)
        {
            StringValues values = Values(field.Value);
            if (!IsSendable(field.Key, values))
            {
                return UpstreamFault.BadHead;
            }

            if (field.Key.Equals("Content-Length", StringComparison.OrdinalIgnoreCase))
            {
                if (values.Count != 1 || !long.TryParse(values[0], NumberStyles.None, CultureInfo.InvariantCulture, out length))
                {
                    return UpstreamFault.BadFraming;
                }
            }
            else if (!HopByHop.IsDropped(field.Key))
            {
                to[field.Key] = values;
            }
        }

        return UpstreamFault.None;
    }

    private static StringValues Values(HeaderStringValues values) => values.Count == 1 ? values.ToString() : values.ToArray();

    private static bool IsSendable(string name, StringValues values)
    {
        foreach (string? value in values)
        {
            if (!HeaderText.IsValue(value))
            {
                return false;
            }
        }

        return HeaderText.IsToken(name);
    }

    /// <summary>Fields that frame or route a message mean nothing behind it (RFC 9110, section 6.5.1).</summary>
    private static bool IsTrailer(string name) =>
        !HopByHop.IsDropped(name)
        && !name.Equals("Content-Length", StringComparison.OrdinalIgnoreCase)
        && !name.Equals("Host", StringComparison.OrdinalIgnoreCase);
}
