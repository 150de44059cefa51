using Microsoft.AspNetCore.Http;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>Answers 413 to what announces too large a body, and bounds what is read of one that announces nothing.</summary>
internal sealed class RequestSize(RequestSizeFilter filter) : HttpExtension
{
    public override ValueTask<bool> AdmitAsync(ProxyContext context)
    {
        context.BodyLimit = Math.Min(context.BodyLimit, filter.Bytes);
        if (context.Request.Headers.ContentLength is not { } length || length <= filter.Bytes)
        {
            return Admitted;
        }

        ValueTask<bool> refused = Refuse(context, StatusCodes.Status413PayloadTooLarge, "request_too_large");
        context.CloseAfterwards();
        return refused;
    }
}
