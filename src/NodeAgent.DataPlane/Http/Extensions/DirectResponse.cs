using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>Answers every request with the same bytes.</summary>
internal sealed class DirectResponse(DirectResponseFilter filter) : HttpExtension
{
    private readonly HeaderEditor _headers = new(new HeaderEdits(filter.Headers, [], []));
    private readonly byte[] _body = Encoding.UTF8.GetBytes(filter.Body);

    private bool HasBody => filter.Status is not (StatusCodes.Status204NoContent or StatusCodes.Status304NotModified);

    public override ValueTask<bool> AdmitAsync(ProxyContext context)
    {
        context.Answer(filter.Status, "direct_response");
        IHeaderDictionary headers = context.Response.Headers;
        _headers.Apply(headers);
        if (HasBody)
        {
            headers.ContentLength = _body.Length;
            if (!context.IsHead && _body.Length > 0)
            {
                context.Features.GetRequiredFeature<IHttpResponseBodyFeature>().Writer.Write(_body);
                context.Sent = _body.Length;
            }
        }

        return new ValueTask<bool>(false);
    }
}
