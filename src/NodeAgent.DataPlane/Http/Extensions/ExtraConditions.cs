using System.Text.RegularExpressions;
using Microsoft.Extensions.Primitives;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http.Extensions;

/// <summary>The conditions that HTTPMatches add to one match, made ready once per table. Looking at them allocates nothing.</summary>
internal sealed class ExtraConditions
{
    private readonly AddressRanges[] _sources;
    private readonly Cookie[] _cookies;
    private readonly HeaderPresence[] _headers;

    private ExtraConditions(AddressRanges[] sources, Cookie[] cookies, HeaderPresence[] headers)
    {
        _sources = sources;
        _cookies = cookies;
        _headers = headers;
    }

    /// <summary>How many conditions they are: each counts like a header in the order of matches.</summary>
    public int Count => _sources.Length + _cookies.Length + _headers.Length;

    /// <param name="compile">Makes a pattern, or says what is wrong with it.</param>
    /// <returns>Null when a pattern cannot be compiled: then the match can never hold.</returns>
    public static ExtraConditions? TryMake(IReadOnlyList<MatchConditions> all, Func<string, Regex?> compile)
    {
        var cookies = new List<Cookie>();
        foreach (CookieMatch match in all.SelectMany(c => c.Cookies))
        {
            Regex? pattern = null;
            if (match.Type == CookieMatchType.RegularExpression && (pattern = compile(match.Value)) is null)
            {
                return null;
            }

            cookies.Add(new Cookie(match, pattern));
        }

        return new ExtraConditions(
            [.. all.Where(c => !c.Sources.IsEmpty).Select(c => new AddressRanges(c.Sources))],
            [.. cookies],
            [.. all.SelectMany(c => c.Headers)]);
    }

    public bool Hold<TRequest>(ref TRequest request)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        foreach (AddressRanges ranges in _sources)
        {
            if (!ranges.Hold(request.Client))
            {
                return false;
            }
        }

        foreach (HeaderPresence header in _headers)
        {
            if ((request.TryGetHeader(header.Name, out StringValues values) && values.Count > 0) != header.Present)
            {
                return false;
            }
        }

        foreach (ref readonly Cookie cookie in _cookies.AsSpan())
        {
            if (!Holds(cookie, ref request))
            {
                return false;
            }
        }

        return true;
    }

    private static bool Holds<TRequest>(in Cookie cookie, ref TRequest request)
        where TRequest : struct, IRequestFacts, allows ref struct
    {
        bool found = false;
        ReadOnlySpan<char> value = [];
        if (request.TryGetHeader("cookie", out StringValues fields))
        {
            // HTTP/2 clients may send one field a cookie.
            for (int i = 0; i < fields.Count && !found; i++)
            {
                found = CookieText.TryFind(fields[i], cookie.Match.Name, out value);
            }
        }

        return cookie.Match.Type switch
        {
            CookieMatchType.Present => found,
            CookieMatchType.Absent => !found,
            CookieMatchType.Exact => found && value.SequenceEqual(cookie.Match.Value),
            _ => found && RoutePattern.Holds(cookie.Pattern!, value),
        };
    }

    private readonly record struct Cookie(CookieMatch Match, Regex? Pattern);
}
