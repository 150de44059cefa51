using System.Globalization;
using Microsoft.AspNetCore.Http;
using NodeAgent.TestCluster.Api;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Reading;

/// <summary>Of which state a list or a watch is, and how much of it comes at once: the part of its query that is no selection.</summary>
/// <param name="Version">resourceVersion; empty for the latest state, 0 for any.</param>
/// <param name="Match">resourceVersionMatch: empty, Exact or NotOlderThan.</param>
/// <param name="Limit">Most items of a chunk; 0 for all.</param>
/// <param name="InitialEvents">sendInitialEvents; null when the query does not speak of it.</param>
internal sealed record ListOptions(string Version, string Match, string Continue, int Limit, bool? InitialEvents)
{
    private const string Exact = "Exact";

    private const string NotOlderThan = "NotOlderThan";

    /// <summary>A list with a limit is of exactly its version, unless it says otherwise.</summary>
    public bool IsExact => Match == Exact || (Match.Length == 0 && Limit > 0);

    /// <exception cref="ApiRefusal">422: options that cannot be, or not together.</exception>
    public static ListOptions Of(IQueryCollection query, bool watch)
    {
        var options = new ListOptions(
            query["resourceVersion"].ToString(),
            query["resourceVersionMatch"].ToString(),
            query["continue"].ToString(),
            int.TryParse(query["limit"], NumberStyles.None, CultureInfo.InvariantCulture, out int limit) ? limit : 0,
            query.ContainsKey("sendInitialEvents") ? query["sendInitialEvents"] is var asked && (asked == "true" || asked == "1") : null);
        FieldError[] errors = [.. watch ? options.ErrorsOfWatch() : options.ErrorsOfList()];
        return errors.Length == 0 ? options : throw Refusals.InvalidOptions("ListOptions", errors);
    }

    private IEnumerable<FieldError> ErrorsOfList()
    {
        if (Match.Length > 0)
        {
            if (Version.Length == 0)
            {
                yield return Forbidden("resourceVersionMatch is forbidden unless resourceVersion is provided");
            }

            if (Continue.Length > 0)
            {
                yield return Forbidden("resourceVersionMatch is forbidden when continue is provided");
            }

            if (Match is not (Exact or NotOlderThan))
            {
                yield return FieldErrors.NotSupported("resourceVersionMatch", Match, "", Exact, NotOlderThan);
            }

            if (Match == Exact && Version == "0")
            {
                yield return Forbidden("resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\"");
            }
        }

        if (InitialEvents is not null)
        {
            yield return FieldErrors.Forbidden("sendInitialEvents", "sendInitialEvents is forbidden for list");
        }
    }

    private IEnumerable<FieldError> ErrorsOfWatch()
    {
        if (InitialEvents is not null && Match != NotOlderThan)
        {
            yield return Forbidden($"sendInitialEvents requires setting resourceVersionMatch to {NotOlderThan}");
        }

        if (Match.Length > 0)
        {
            if (InitialEvents is null)
            {
                yield return Forbidden("resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided");
            }

            if (Match != NotOlderThan)
            {
                yield return FieldErrors.NotSupported("resourceVersionMatch", Match, NotOlderThan);
            }

            if (Continue.Length > 0)
            {
                yield return Forbidden("resourceVersionMatch is forbidden when continue is provided");
            }
        }
    }

    private static FieldError Forbidden(string why) => FieldErrors.Forbidden("resourceVersionMatch", why);
}
