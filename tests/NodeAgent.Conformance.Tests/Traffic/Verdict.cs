using System.Collections.Immutable;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.RegularExpressions;
using NodeAgent.Conformance.Traffic;
using NodeAgent.Echo;

namespace NodeAgent.Conformance.Tests.Traffic;

/// <summary>Compares a reply with what its request wants.</summary>
internal static partial class Verdict
{
    /// <returns>What is wrong, or null.</returns>
    public static string? Fault(Sending sending, Reply reply, ILiveWorld world)
    {
        LiveRequest request = sending.Request;
        if (reply.Hung)
        {
            return reply.ToString();
        }

        if (request.Answer is "refused" or "closed")
        {
            bool so = request.Answer == "refused" ? reply.Fault is not null : reply.Closed;
            return so ? null : reply.ToString();
        }

        if (reply.Fault is not null)
        {
            return reply.Fault;
        }

        if (request.Tls?.Asked == true && !reply.Asked)
        {
            return $"{reply} without asking for a client certificate";
        }

        return AnswerFault(sending, reply, world)
            ?? (request.Response is ResponseExpectation response ? ResponseFault(response, reply) : null)
            ?? (request.Redirect is RedirectExpectation redirect ? RedirectFault(redirect, sending, reply) : null);
    }

    /// <summary>The Services of an answer such as <c>A</c>, <c>A,B</c> or <c>A*70,B*30</c> with their weights; empty for other answers.</summary>
    public static ImmutableArray<(string Service, int Weight)> Services(string answer) =>
        answer is "error" or "refused" or "closed" || Codes().IsMatch(answer) || GrpcCodes().IsMatch(answer)
            ? []
            : [.. answer.Split(',').Select(part => part.Split('*')).Select(p => (LiveRequest.FullName(p[0]), p.Length == 2 ? int.Parse(p[1], CultureInfo.InvariantCulture) : 1))];

    private static string? AnswerFault(Sending sending, Reply reply, ILiveWorld world)
    {
        string answer = sending.Request.Answer;
        if (answer == "error")
        {
            bool timeout = reply.Code == GrpcCode.DEADLINE_EXCEEDED || (reply.Code is null && reply.Status is 408 or 504);
            return reply.Succeeded || timeout ? reply.ToString() : null;
        }

        if (Codes().IsMatch(answer))
        {
            int[] wanted = [.. answer.Split('|').Select(code => int.Parse(code, CultureInfo.InvariantCulture))];
            // Both say that something took too long; who of them says it is left to the implementation.
            bool timeout = reply.Status is 408 or 504 && wanted.Any(code => code is 408 or 504);
            return wanted.Contains(reply.Status ?? 0) || timeout
                ? reply.Backend is not null && reply.Succeeded ? reply.ToString() : null
                : reply.ToString();
        }

        if (GrpcCodes().IsMatch(answer))
        {
            return answer.Split('|').Contains(reply.Code?.ToString()) ? null : reply.ToString();
        }

        if (!reply.Succeeded)
        {
            return reply.ToString();
        }

        if (reply.Backend is null)
        {
            return sending.Protocol is LiveProtocol.WebSocket or LiveProtocol.Dns ? null : $"{reply}, not of a pod";
        }

        EchoIdentity pod = reply.Backend.Identity;
        return Services(answer).Select(s => s.Service).FirstOrDefault(service => world.IsBehind(service, pod.Namespace, pod.Pod)) is string chosen
            ? SeenFault(sending, reply.Backend, chosen, world)
            : reply.ToString();
    }

    private static string? SeenFault(Sending sending, BackendView view, string service, ILiveWorld world)
    {
        SeenExpectation seen = sending.Request.Seen ?? new SeenExpectation();
        (string What, string? Wanted, string? Saw)[] facts =
        [
            ("method", view.Method is null ? null : seen.Method ?? sending.Method, view.Method),
            ("host", view.Host is null ? null : seen.Host ?? sending.Host, view.Host),
            ("path", view.Path is null ? null : seen.Path ?? sending.Path, view.Path),
            ("protocol", seen.Protocol, view.Protocol),
            ("TLS", seen.Tls?.ToString(), view.HasTls.ToString()),
            ("server name", seen.ServerName, view.Tls?.ServerName),
            ("client certificate", seen.Certificate is null ? null : Thumbprint(TlsClient.PemOf(seen.Certificate, world)), Thumbprint(view.Tls?.PeerCertificates?.SingleOrDefault())),
        ];
        foreach ((string what, string? wanted, string? saw) in facts)
        {
            if (wanted is not null && wanted != saw)
            {
                return $"the pod saw {what} {saw ?? "(none)"}, not {wanted}";
            }
        }

        return view.Headers is null ? null : SeenHeadersFault(sending.Request, seen, view.Headers, service);
    }

    private static string? SeenHeadersFault(
        LiveRequest request, SeenExpectation seen, ImmutableDictionary<string, string> headers, string service)
    {
        bool untold = seen.Headers is null && seen.Absent is null;
        foreach ((string name, string value) in (untold ? request.Headers : seen.Headers) ?? [])
        {
            if (Tidy(headers.GetValueOrDefault(name)) != Tidy(value))
            {
                return $"the pod saw {name}: {headers.GetValueOrDefault(name) ?? "(none)"}, not {value}";
            }
        }

        if (seen.Absent?.FirstOrDefault(headers.ContainsKey) is string present)
        {
            return $"the pod saw {present}: {headers[present]}";
        }

        string name2 = service.Split('/')[1];
        return seen.BackendHeader is string header && headers.GetValueOrDefault(header) != name2
            ? $"the pod of {name2} saw {header}: {headers.GetValueOrDefault(header) ?? "(none)"}"
            : null;
    }

    private static string? ResponseFault(ResponseExpectation wanted, Reply reply)
    {
        foreach ((string name, string values) in wanted.Headers ?? [])
        {
            string? got = Tidy(reply.Headers.GetValueOrDefault(name));
            if (!values.Split(" | ").Any(value => Tidy(value) == got))
            {
                return $"{reply} with {name}: {got ?? "(none)"}, not {values}";
            }
        }

        return wanted.Absent?.FirstOrDefault(reply.Headers.ContainsKey) is string present
            ? $"{reply} with {present}: {reply.Headers[present]}"
            : null;
    }

    private static string? RedirectFault(RedirectExpectation wanted, Sending sending, Reply reply)
    {
        bool tls = sending.Request.Tls is not null || sending.Request.Port == 443;
        string scheme = tls ? "https" : "http";
        if (reply.Headers.GetValueOrDefault("Location") is not string location
            || !Uri.TryCreate(new Uri($"{scheme}://{sending.Host}{sending.Path}"), location, out Uri? target))
        {
            return $"{reply} with no good Location";
        }

        int wellKnown = target.Scheme == "https" ? 443 : 80;
        bool good = target.Scheme == (wanted.Scheme ?? scheme)
            && target.Host == (wanted.Host ?? sending.HostName)
            && target.Port == (wanted.Port ?? wellKnown)
            && target.AbsolutePath == (wanted.Path ?? sending.Path.Split('?')[0]);
        return good ? null : $"{reply} with Location: {location}, not {wanted}";
    }

    private static string? Thumbprint(string? pem)
    {
        if (pem is null)
        {
            return null;
        }

        using X509Certificate2 certificate = X509Certificate2.CreateFromPem(pem);
        return certificate.Thumbprint;
    }

    private static string? Tidy(string? value) => value is null ? null : Comma().Replace(value.Trim(), ",");

    [GeneratedRegex(@"^\d{3}(\|\d{3})*$")]
    private static partial Regex Codes();

    [GeneratedRegex(@"^[A-Z_]+(\|[A-Z_]+)*$")]
    private static partial Regex GrpcCodes();

    [GeneratedRegex(@"\s*,\s*")]
    private static partial Regex Comma();
}
