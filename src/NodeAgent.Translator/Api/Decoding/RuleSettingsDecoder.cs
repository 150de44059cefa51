namespace NodeAgent.Translator.Api.Decoding;

/// <summary>What rules say beside matches, filters and backendRefs; policies say some of it too.</summary>
internal static class RuleSettingsDecoder
{
    public static HttpRouteTimeouts Timeouts(FieldReader timeouts)
    {
        TimeSpan? request = Duration(timeouts, "request");
        TimeSpan? backendRequest = Duration(timeouts, "backendRequest");
        if (request is TimeSpan whole && whole != TimeSpan.Zero && backendRequest > whole)
        {
            timeouts.Report("backendRequest", "is longer than request", "must be at most request, unless that is 0s");
        }

        return new HttpRouteTimeouts(request, backendRequest);
    }

    public static HttpRouteRetry Retry(FieldReader retry) => new(
        retry.Numbers("codes", 400, 599),
        retry.OptionalInt("attempts", 1, int.MaxValue),
        Duration(retry, "backoff"));

    public static SessionPersistence SessionPersistence(FieldReader session)
    {
        string? name = session.OptionalText("sessionName", TextRules.SessionName);
        TimeSpan? absolute = Duration(session, "absoluteTimeout");
        string type = session.Choice("type", "Cookie", "Cookie", "Header");
        string lifetime = "Session";
        session.Check("cookieConfig", cookie => lifetime = cookie.Choice("lifetimeType", "Session", "Permanent", "Session"));
        if (session.Clean && session.Has("cookieConfig") && type != "Cookie")
        {
            session.Report("cookieConfig", $"is set with type {type}", "it is only allowed with type Cookie");
        }

        if (session.Clean && lifetime == "Permanent" && absolute is null)
        {
            session.Report("absoluteTimeout", "is missing", "a Permanent cookie needs it");
        }

        return new SessionPersistence(name, absolute, type, lifetime);
    }

    /// <summary>A Gateway API duration (GEP-2257): up to four numbers of at most five digits with h, m, s or ms.</summary>
    public static TimeSpan? Duration(FieldReader owner, string name) =>
        owner.OptionalText(name, TextRules.Duration) is string text ? GatewayDuration.Parse(text) : null;
}
