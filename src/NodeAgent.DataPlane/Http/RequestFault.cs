using Microsoft.AspNetCore.Http;

namespace NodeAgent.DataPlane.Http;

/// <summary>Why a request is refused before it is routed. The names go to the access log and do not change.</summary>
internal enum RequestFault
{
    None,

    /// <summary>TRACE, or a CONNECT that the caller does not want.</summary>
    MethodRefused,

    /// <summary>A method that is no token.</summary>
    BadMethod,

    /// <summary>The target is in no form we serve, or its path cannot be normalised: see <see cref="RequestPath"/>.</summary>
    BadPath,

    /// <summary>A header name that is no token.</summary>
    BadHeaderName,

    /// <summary>A control character in a header value.</summary>
    ControlInValue,

    /// <summary>A Transfer-Encoding that is not exactly "chunked".</summary>
    TeNotChunked,

    /// <summary>A Transfer-Encoding in HTTP/1.0, where nobody can know what it means, or in HTTP/2, which has none.</summary>
    TeWrongVersion,

    /// <summary>A Transfer-Encoding beside a Content-Length.</summary>
    TeWithContentLength,

    DuplicateHost,

    /// <summary>No Host where the protocol demands one, or one that is no host.</summary>
    BadHost,

    /// <summary>The absolute form names another host than Host does.</summary>
    HostMismatch,
}

internal static class RequestFaults
{
    /// <summary>The status code of the answer; every one of them closes the connection.</summary>
    public static int Status(this RequestFault fault) =>
        fault == RequestFault.MethodRefused ? StatusCodes.Status405MethodNotAllowed : StatusCodes.Status400BadRequest;

    /// <summary>The name without the allocation of <see cref="Enum.ToString()"/>.</summary>
    public static string Name(this RequestFault fault) => fault switch
    {
        RequestFault.None => nameof(RequestFault.None),
        RequestFault.MethodRefused => nameof(RequestFault.MethodRefused),
        RequestFault.BadMethod => nameof(RequestFault.BadMethod),
        RequestFault.BadPath => nameof(RequestFault.BadPath),
        RequestFault.BadHeaderName => nameof(RequestFault.BadHeaderName),
        RequestFault.ControlInValue => nameof(RequestFault.ControlInValue),
        RequestFault.TeNotChunked => nameof(RequestFault.TeNotChunked),
        RequestFault.TeWrongVersion => nameof(RequestFault.TeWrongVersion),
        RequestFault.TeWithContentLength => nameof(RequestFault.TeWithContentLength),
        RequestFault.DuplicateHost => nameof(RequestFault.DuplicateHost),
        RequestFault.BadHost => nameof(RequestFault.BadHost),
        _ => nameof(RequestFault.HostMismatch),
    };
}
