using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Abstractions;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using NodeAgent.DataPlane.Http.Extensions;
using NodeAgent.DataPlane.Http.Upstream;
using NodeAgent.DataPlane.Workers;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http;

/// <summary>
/// What happens to a request:
/// (1) it comes home to the worker of its connection; (2) what Kestrel lets through but we do not is refused; (3) the host chooses a
/// listener, host and path and the rest choose a rule; (4) the rule's extensions let it pass, and a redirect is answered here; (5) otherwise a backend is chosen by weight and
/// the request forwarded; (6) it is counted and logged.
/// </summary>
internal sealed class ProxyApplication(DataPlaneOptions options, HttpLog log) : IHttpApplication<ProxyContext>, IDisposable
{
    private readonly Forwarder _forwarder = new(options);

    public void Dispose() => _forwarder.Dispose();

    public ProxyContext CreateContext(IFeatureCollection contextFeatures)
    {
        ProxyContext context;
        if (contextFeatures is IHostContextContainer<ProxyContext> container)
        {
            context = container.HostContext ??= new ProxyContext();
        }
        else
        {
            context = new ProxyContext();
        }

        context.Begin(contextFeatures);
        return context;
    }

    public void DisposeContext(ProxyContext context, Exception? exception)
    {
    }

    public async Task ProcessRequestAsync(ProxyContext context)
    {
        Worker worker = context.Worker;
        try
        {
            // (1)
            await new WorkerSwitch(worker);
            if (!context.TakeSite())
            {
                context.Fail(StatusCodes.Status404NotFound, "listener_gone", FaultSide.Node);
                context.CloseAfterwards();
            }
            else if (Admit(context) && Route(context) && await context.Rule!.Extensions.AdmitAsync(context) && !Redirected(context))
            {
                // (5)
                await _forwarder.ForwardAsync(context);
            }
        }
        catch (IOException e) when (e is BadHttpRequestException || context.IsHttp1)
        {
            FailBody(context, e);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            context.Fail(UpstreamFault.ClientGone);
        }
        catch (Exception e)
        {
            // A mistake of ours ends with the one request that met it, and its log line says so.
            await new WorkerSwitch(worker);
            context.Fail(StatusCodes.Status500InternalServerError, $"node_error {e.GetType().Name}: {e.Message}", FaultSide.Node);
        }

        // (6)
        await new WorkerSwitch(worker);
        context.EndOutput();
        log.Write(context);
    }

    /// <summary>Kestrel could not read the client's body: it was cut off, or is nonsense (some of it is a plain IOException).</summary>
    private static void FailBody(ProxyContext context, IOException e)
    {
        if (e is BadHttpRequestException { StatusCode: StatusCodes.Status413PayloadTooLarge })
        {
            context.Fail(StatusCodes.Status413PayloadTooLarge, "request_too_large", FaultSide.Client);
            context.CloseAfterwards();
            return;
        }

        if (context.IsHttp1 && (context.ClientGone || context.Connection.Reader.Ended))
        {
            context.Fail(UpstreamFault.ClientGone);
            return;
        }

        int status = (e as BadHttpRequestException)?.StatusCode ?? StatusCodes.Status400BadRequest;
        context.Fail(status, "client_bad_body", FaultSide.Client);
        context.CloseAfterwards();
    }

    /// <summary>Step 2.</summary>
    private static bool Admit(ProxyContext context)
    {
        IHttpRequestFeature request = context.Request;
        RequestFault fault = RequestGuard.Check(request, context.IsWebSocketConnect, out RequestTarget target);
        if (fault != RequestFault.None)
        {
            context.Fail(fault.Status(), fault.Name(), FaultSide.Client);
            context.CloseAfterwards();
            return false;
        }

        context.Target = target;
        string host = request.Headers.Host.ToString();
        HostHeader.TrySplit(host, out ReadOnlySpan<char> name, out _);
        context.HostLength = name.Length;
        return true;
    }

    /// <summary>Step 3.</summary>
    private static bool Route(ProxyContext context)
    {
        HttpSite site = context.Site;
        var facts = new RequestFacts(context);
        MatchOutcome outcome = site.Table.TryMatch(context.Host, facts, out RouteMatch match);
        context.Match = match;
        if (match.Listener >= 0)
        {
            context.Listener = site.Listeners[match.Listener];
        }

        if (outcome != MatchOutcome.Matched)
        {
            string reason = outcome == MatchOutcome.NoListener ? "no_listener_for_host" : "no_route";
            context.Fail(StatusCodes.Status404NotFound, reason, FaultSide.Client);
            return false;
        }

        context.Rule = match.Rule;
        return true;
    }

    /// <summary>Step 4.</summary>
    private static bool Redirected(ProxyContext context)
    {
        if (context.Rule!.Rule.Filters?.Redirect is not { } redirect)
        {
            return false;
        }

        context.Response.StatusCode = redirect.StatusCode;
        RequestTarget target = context.Target;
        context.Response.Headers.Location = Redirect.Location(
            redirect,
            context.Request.Scheme,
            context.Host,
            context.Listener!.Config.Port,
            target.Path,
            context.Match.MatchedPathLength,
            target.Query);
        context.Response.Headers.ContentLength = 0;
        context.Rule.Headers.Response?.Apply(context.Response.Headers);

        return true;
    }

    /// <summary>What the route table asks of this request.</summary>
    private readonly ref struct RequestFacts(ProxyContext context) : IRequestFacts
    {
        private readonly RequestTarget _target = context.Target;

        public string Method => context.Method;

        public ReadOnlySpan<char> Path => _target.Path;

        public ReadOnlySpan<char> Query => _target.Query;

        public ClientAddress Client => context.Client;

        public bool TryGetHeader(string name, out StringValues values) =>
            context.Request.Headers.TryGetValue(name, out values);
    }
}
