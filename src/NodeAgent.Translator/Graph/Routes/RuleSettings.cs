using System.Security.Cryptography;
using System.Text;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>Timeouts, retries and sessions of a rule: whether they are served, and as the data plane takes them.</summary>
internal static class RuleSettings
{
    private const int NameDigits = 8;

    public static Problem? Check(HttpRouteTimeouts? timeouts, ObjectIndex index) =>
        timeouts is null or { Request: null, BackendRequest: null } || index.Serves(DataPlaneFeatures.Timeouts) ? null : NotServed("timeouts");

    public static Problem? Check(HttpRouteRetry? retry, ObjectIndex index) =>
        retry is null || index.Serves(DataPlaneFeatures.Retry) ? null : NotServed("retry");

    public static Problem? Check(SessionPersistence? session, ObjectIndex index)
    {
        if (session is null)
        {
            return null;
        }

        if (!index.Serves(DataPlaneFeatures.SessionPersistence))
        {
            return NotServed("sessionPersistence");
        }

        if (string.IsNullOrEmpty(session.SessionName))
        {
            return null;
        }

        if (session.Type == "Header")
        {
            return HeaderFilters.CheckName(session.SessionName);
        }

        // RFC 6265, section 4.1.1: a cookie's name is a token like a header's.
        return HeaderFilters.IsName(session.SessionName)
            ? null
            : new Problem(Reasons.UnsupportedValue, $"\"{session.SessionName}\" is no name for a cookie");
    }

    public static HttpTimeouts? Of(HttpRouteTimeouts? timeouts) => timeouts is null or { Request: null, BackendRequest: null }
        ? null
        : new HttpTimeouts(Milliseconds(timeouts.Request), Milliseconds(timeouts.BackendRequest));

    public static HttpRetry? Of(HttpRouteRetry? retry) =>
        retry is null ? null : new HttpRetry([.. retry.Codes.Order()], retry.Attempts, Milliseconds(retry.Backoff));

    public static SessionAffinity? Of(SessionPersistence? session, RouteObject route, int rule) =>
        session is null ? null : Of(session, $"{route.Kind}/{route.Meta.Key}/{rule}");

    /// <param name="owner">What the session belongs to, unique; a session without a name gets its own from it.</param>
    public static SessionAffinity Of(SessionPersistence session, string owner) => new(
        session.Type == "Header" ? SessionToken.Header : SessionToken.Cookie,
        string.IsNullOrEmpty(session.SessionName) ? NameFor(owner) : session.SessionName,
        Milliseconds(session.AbsoluteTimeout),
        session.LifetimeType == "Permanent");

    /// <summary>Sessions of two rules must not take each other's token, and every agent must use the same name.</summary>
    private static string NameFor(string owner) =>
        "nodeagent-" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(owner)))[..NameDigits];

    private static long? Milliseconds(TimeSpan? duration) => duration is TimeSpan value ? (long)value.TotalMilliseconds : null;

    private static Problem NotServed(string field) => new(Reasons.UnsupportedValue, $"{field} is not served");
}
