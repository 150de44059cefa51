using System.Collections.Immutable;

namespace NodeAgent.Snapshot;

/// <summary>What a nodeagent.dev HTTPMatch asks of a request beyond its HTTPRoute match; all of it has to hold.</summary>
/// <param name="Sources">CIDRs in canonical text, one of which has to hold the client; empty takes every client.</param>
public sealed record MatchConditions(
    ImmutableArray<string> Sources,
    ImmutableArray<CookieMatch> Cookies,
    ImmutableArray<HeaderPresence> Headers);

/// <param name="Name">Case-sensitive (RFC 6265); of several cookies of one name the first counts.</param>
/// <param name="Value">Empty for Present and Absent.</param>
public sealed record CookieMatch(string Name, CookieMatchType Type, string Value);

public enum CookieMatchType
{
    Exact,
    RegularExpression,
    Present,
    Absent,
}

/// <param name="Name">Lower case.</param>
public sealed record HeaderPresence(string Name, bool Present);
