using System.Globalization;

namespace NodeAgent.Echo;

/// <summary>The suite's GrpcEcho service: Echo and EchoTwo answer, EchoThree and all else is not implemented.</summary>
internal static class GrpcEcho
{
    private const int Unimplemented = 12;

    public static bool Takes(HttpContext context) =>
        context.Request.ContentType?.StartsWith("application/grpc", StringComparison.Ordinal) == true
        && HttpProtocol.IsHttp2(context.Request.Protocol);

    public static async Task RunAsync(HttpContext context, EchoIdentity identity)
    {
        HttpRequest request = context.Request;
        await request.Body.CopyToAsync(Stream.Null, context.RequestAborted);
        context.Response.ContentType = "application/grpc";
        string method = request.Path.Value ?? "/";
        if (method is not ($"/{GrpcEchoAnswer.ServiceName}/Echo" or $"/{GrpcEchoAnswer.ServiceName}/EchoTwo"))
        {
            // Trailers alone: the status stands in the headers, and nothing follows.
            context.Response.Headers["grpc-status"] = Unimplemented.ToString(CultureInfo.InvariantCulture);
            context.Response.Headers["grpc-message"] = $"no method {method}";
            return;
        }

        GrpcEchoAnswer answer = new(
            method,
            [
                .. request.Headers
                    .Where(h => !h.Key.StartsWith(':'))
                    .SelectMany(h => h.Value.Select(value => (h.Key.ToLowerInvariant(), value ?? ""))),
            ],
            request.Headers.Host.ToString(),
            identity,
            EchoCertificates.Describe(context));
        await context.Response.Body.WriteAsync(answer.Encode(), context.RequestAborted);
        context.Response.AppendTrailer("grpc-status", "0");
    }
}
