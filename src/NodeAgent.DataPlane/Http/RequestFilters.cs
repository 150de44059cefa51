using Microsoft.AspNetCore.Http;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http;

/// <summary>The header edits of a rule or of a backendRef, made ready once per snapshot.</summary>
internal sealed record HeaderFilters(HeaderEditor? Request, HeaderEditor? Response)
{
    public static HeaderFilters None { get; } = new(null, null);

    public static HeaderFilters Of(HttpFilters? filters) => filters is null
        ? None
        : new HeaderFilters(
            filters.RequestHeaders is { } request ? new HeaderEditor(request) : null,
            filters.ResponseHeaders is { } response ? new HeaderEditor(response) : null);
}

/// <summary>What the filters of a rule and of its backendRef make of a request before it goes out, and of its answer.</summary>
internal static class RequestFilters
{
    /// <summary>Rule first, then backendRef (Gateway API, HTTPBackendRef.filters).</summary>
    public static void Apply(ProxyContext context, HeaderFilters ofRule, HeaderFilters ofBackend)
    {
        IHeaderDictionary headers = context.Request.Headers;
        string host = headers.Host.ToString();
        new ConnectionOptions(headers.Connection).RemoveNamed(headers);
        ForwardedHeaders.Set(headers, context.Connection.PeerAddressText, context.Request.Scheme, host);
        ofRule.Request?.Apply(headers);
        ofBackend.Request?.Apply(headers);
        context.OutgoingHost = headers.Host.ToString();
        context.OutgoingTarget = context.Target.PathAndQuery;
        if (context.Rule!.Rule.Filters?.Rewrite is { } rewrite)
        {
            context.OutgoingHost = rewrite.Hostname ?? context.OutgoingHost;
            if (rewrite.Path is { } path)
            {
                RequestTarget target = context.Target;
                context.OutgoingTarget = PathEdits.Apply(path, target.Path, context.Match.MatchedPathLength, target.Query);
            }
        }
    }

    /// <summary>The answer passes the backendRef first on its way back.</summary>
    public static void ApplyToAnswer(ProxyContext context, HeaderFilters ofBackend)
    {
        ofBackend.Response?.Apply(context.Response.Headers);
        context.Rule!.Headers.Response?.Apply(context.Response.Headers);
        context.Compression?.Prepare(context);
    }
}
