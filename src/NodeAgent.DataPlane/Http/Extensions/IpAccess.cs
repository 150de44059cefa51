using Microsoft.AspNetCore.Http;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>Answers 403 by the client's address.</summary>
internal sealed class IpAccess(IpAccessFilter filter) : HttpExtension
{
    private readonly bool _allowsAll = filter.Allow.IsEmpty;
    private readonly AddressRanges _allow = new(filter.Allow);
    private readonly AddressRanges _deny = new(filter.Deny);

    public override ValueTask<bool> AdmitAsync(ProxyContext context) =>
        !_deny.Hold(context.Client) && (_allowsAll || _allow.Hold(context.Client))
            ? Admitted
            : Refuse(context, StatusCodes.Status403Forbidden, "ip_denied");
}
