using System.Net.Sockets;
using System.Security.Authentication;

namespace NodeAgent.Conformance.Tests.Traffic;

/// <summary>What kind of transport error an exception tells of.</summary>
internal static class TransportFault
{
    public static Reply Of(Exception error)
    {
        Exception[] causes = [.. Causes(error)];
        // A TLS alert is an answer of sorts; a refused connection never was one.
        bool closed = !causes.Any(c => c is AuthenticationException)
            && causes.Any(c => c is SocketException { SocketErrorCode: SocketError.ConnectionReset }
                or HttpIOException { HttpRequestError: HttpRequestError.ResponseEnded }
                or EndOfStreamException
                || (c is IOException and not HttpIOException && c.InnerException is null));
        return new Reply { Fault = $"transport error: {string.Join(": ", causes.Select(c => c.Message).Distinct())}", Closed = closed };
    }

    private static IEnumerable<Exception> Causes(Exception error)
    {
        for (Exception? cause = error; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }
}
