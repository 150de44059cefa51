using System.Text.RegularExpressions;
using NodeAgent.DataPlane.Http.Extensions;

namespace NodeAgent.DataPlane.Http;

/// <summary>The arrays of a <see cref="RouteTable"/>. Everything refers to everything else by number.</summary>
/// <param name="HostIndex">(listener scope, hostname or ".suffix") to a place in <paramref name="Hosts"/>.</param>
/// <param name="Scopes">By scope: 0 chooses among listeners, 1 + n among the hostnames of listener n's routes.</param>
/// <param name="Paths">(host and kind, path) to a range of <paramref name="Matches"/>, in order of precedence.</param>
/// <param name="Patterns">Per host, in order of precedence.</param>
/// <param name="Methods">The first is unused: method 0 is any.</param>
/// <param name="Extras">The first is unused: extra 0 is none.</param>
internal sealed record RouteTableParts(
    TextIndex HostIndex,
    HostNode[] Hosts,
    HostScope[] Scopes,
    TextIndex Paths,
    PathlessMatch[] Matches,
    PatternMatch[] Patterns,
    ValueCondition[] Conditions,
    string[] Methods,
    ExtraConditions[] Extras)
{
    public const int ListenerScope = 0;

    public static int RouteScope(int listener) => 1 + listener;

    public static int ExactNameScope(int scope) => scope * 2;

    public static int WildcardScope(int scope) => (scope * 2) + 1;

    public static int PrefixScope(int host) => host * 2;

    public static int ExactScope(int host) => (host * 2) + 1;
}

/// <summary>What is known of the names in one scope before any is looked up.</summary>
/// <param name="WildcardDots">Bit n: there is a wildcard whose suffix has n dots, counting its leading one; bit 63: 63 or more.</param>
/// <param name="CatchAll">The node that takes every host, or -1.</param>
/// <param name="OneLabel">Wildcards stand for one label alone.</param>
internal readonly record struct HostScope(ulong WildcardDots, bool HasExact, int CatchAll, bool OneLabel = false);

/// <summary>A hostname of a listener, or one of a listener's routes.</summary>
/// <param name="PrefixDepths">Bit n: some prefix has n slashes, with "/" counting 0; bit 63: 63 or more.</param>
/// <param name="LongestPrefix">In characters.</param>
internal readonly record struct HostNode(
    int Listener,
    bool HasExact,
    ulong PrefixDepths,
    int LongestPrefix,
    int FirstPattern,
    int PatternCount);

/// <summary>A match whose path already holds.</summary>
/// <param name="Conditions">Where its header conditions start, followed by its query conditions.</param>
/// <param name="Method">Index of the method; 0 is any.</param>
/// <param name="Extra">Index of what HTTPMatches add; 0 is nothing.</param>
internal readonly record struct PathlessMatch(
    int Rule, int Conditions, ushort Method, ushort Headers, ushort Parameters, ushort Extra);

internal readonly record struct PatternMatch(Regex Path, PathlessMatch Match);
