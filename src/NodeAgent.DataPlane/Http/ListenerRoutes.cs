using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http;

/// <summary>One HTTP listener of a Gateway with the routes that attached to it: the input of a <see cref="RouteIndex"/>.</summary>
internal sealed record ListenerRoutes(string Gateway, ListenerConfig Listener, ImmutableArray<AttachedRoute> Routes);

/// <param name="Hostnames">Already intersected with the listener's hostname; empty takes all that the listener takes.</param>
internal readonly record struct AttachedRoute(HttpRouteResource Route, ImmutableArray<string> Hostnames)
{
    /// <summary>The same objects: what did not change between two snapshots is, and so need not be read to be told.</summary>
    public bool IsSameAs(in AttachedRoute other) => ReferenceEquals(Route, other.Route) && Hostnames == other.Hostnames;

    /// <summary>Equal are those that are the same.</summary>
    internal sealed class Identity : IEqualityComparer<AttachedRoute>
    {
        public static Identity Instance { get; } = new();

        public bool Equals(AttachedRoute x, AttachedRoute y) => x.IsSameAs(y);

        public int GetHashCode([DisallowNull] AttachedRoute attached) => RuntimeHelpers.GetHashCode(attached.Route);
    }
}
