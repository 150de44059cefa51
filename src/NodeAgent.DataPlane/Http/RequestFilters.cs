using Microsoft.AspNetCore.Http;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http;

/// <summary>What the filters of a rule and of its backendRef make of a request before it goes out.</summary>
internal static class RequestFilters
{
    /// <summary>Rule first, then backendRef (Gateway API, HTTPBackendRef.filters).</summary>
    public static void Apply(ProxyContext context, HttpFilters? ofRule, HttpFilters? ofBackend)
    {
        IHeaderDictionary headers = context.Request.Headers;
        context.OutgoingHost = headers.Host.ToString();
        context.OutgoingTarget = context.Target.PathAndQuery;
        HopByHop.DropNamed(headers);
        ForwardedHeaders.Set(headers, context.Connection.PeerAddressText, context.Request.Scheme);
        Edit(ofRule?.RequestHeaders);
        Edit(ofBackend?.RequestHeaders);
        if (ofRule?.Rewrite is { } rewrite)
        {
            context.OutgoingHost = rewrite.Hostname ?? context.OutgoingHost;
            if (rewrite.Path is { } path)
            {
                context.OutgoingTarget = PathEdits.Apply(path, context.Target, context.Match.MatchedPathLength);
            }
        }

        void Edit(HeaderEdits? edits)
        {
            if (edits is not null)
            {
                HeaderEditor.Apply(edits, headers);
            }
        }
    }
}

/// <summary>The response header edits of a rule and of the backendRef that was chosen.</summary>
internal readonly record struct ResponseEdits(HeaderEdits? OfRule, HeaderEdits? OfBackend)
{
    public static ResponseEdits Of(HttpFilters? rule, HttpFilters? backend) =>
        new(rule?.ResponseHeaders, backend?.ResponseHeaders);

    public void Apply(IHeaderDictionary headers)
    {
        // The answer passes the backendRef first on its way back.
        if (OfBackend is not null)
        {
            HeaderEditor.Apply(OfBackend, headers);
        }

        if (OfRule is not null)
        {
            HeaderEditor.Apply(OfRule, headers);
        }
    }
}
