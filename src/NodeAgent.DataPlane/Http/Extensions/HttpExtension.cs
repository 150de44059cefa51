using Microsoft.AspNetCore.Http;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>An HTTPFilter at work. One object serves all workers, so what it counts is shared without locks.</summary>
internal abstract class HttpExtension
{
    /// <summary>On the request's worker; comes back to it.</summary>
    /// <returns>False: the request is answered, and nothing more is to be done.</returns>
    public abstract ValueTask<bool> AdmitAsync(ProxyContext context);

    protected static ValueTask<bool> Admitted => new(true);

    /// <summary>Answers without a body. The names of reasons go to the access log and do not change.</summary>
    protected static ValueTask<bool> Refuse(ProxyContext context, int status, string reason)
    {
        context.Fail(status, reason, FaultSide.Client);
        return new ValueTask<bool>(false);
    }
}

/// <summary>The extensions of a rule or of a backendRef, one after the other.</summary>
internal static class HttpExtensions
{
    /// <returns>False: one of them has answered.</returns>
    public static ValueTask<bool> AdmitAsync(this HttpExtension[] extensions, ProxyContext context)
    {
        for (int i = 0; i < extensions.Length; i++)
        {
            ValueTask<bool> admitted = extensions[i].AdmitAsync(context);
            if (!admitted.IsCompletedSuccessfully)
            {
                return GoOnAsync(extensions, i, admitted, context);
            }

            if (!admitted.Result)
            {
                Finish(context);
                return new ValueTask<bool>(false);
            }
        }

        return new ValueTask<bool>(true);
    }

    private static async ValueTask<bool> GoOnAsync(HttpExtension[] extensions, int at, ValueTask<bool> admitted, ProxyContext context)
    {
        while (await admitted)
        {
            if (++at == extensions.Length)
            {
                return true;
            }

            admitted = extensions[at].AdmitAsync(context);
        }

        Finish(context);
        return false;
    }

    /// <summary>The rule's header modifier holds for answers of our own too, as it does for redirects.</summary>
    private static void Finish(ProxyContext context)
    {
        IHeaderDictionary headers = context.Response.Headers;
        if (!headers.IsReadOnly)
        {
            context.Rule!.Headers.Response?.Apply(headers);
        }
    }
}
