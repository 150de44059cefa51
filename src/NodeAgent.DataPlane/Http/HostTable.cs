namespace NodeAgent.DataPlane.Http;

/// <summary>The hostnames of a <see cref="RouteTable"/>: those of its listeners, and those of each listener's routes.</summary>
/// <param name="Index">(scope, hostname or ".suffix") to a place in <paramref name="Nodes"/>.</param>
/// <param name="Scopes">By scope: 0 chooses among listeners, 1 + n among the hostnames of listener n's routes.</param>
internal sealed record HostTable(TextIndex Index, HostNode[] Nodes, HostScope[] Scopes)
{
    public const int ListenerScope = 0;

    public static int RouteScope(int listener) => 1 + listener;

    public static int ExactNameScope(int scope) => scope * 2;

    public static int WildcardScope(int scope) => (scope * 2) + 1;
}

/// <summary>What is known of the names in one scope before any is looked up.</summary>
/// <param name="WildcardDots">Bit n: there is a wildcard whose suffix has n dots, counting its leading one; bit 63: 63 or more.</param>
/// <param name="CatchAll">The node that takes every host, or -1.</param>
/// <param name="OneLabel">Wildcards stand for one label alone.</param>
internal readonly record struct HostScope(ulong WildcardDots, bool HasExact, int CatchAll, bool OneLabel = false);

/// <summary>A hostname of a listener, or one of a listener's routes.</summary>
/// <param name="Routes">Null for the name of a listener.</param>
internal readonly record struct HostNode(int Listener, HostRoutes? Routes);
