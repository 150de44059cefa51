using System.Collections.Immutable;
using NodeAgent.Snapshot;

namespace NodeAgent.DataPlane.Http;

/// <summary>One HTTP listener of a Gateway with the routes that attached to it: the input of a <c>RouteTable</c>.</summary>
internal sealed record ListenerRoutes(string Gateway, ListenerConfig Listener, ImmutableArray<AttachedRoute> Routes);

/// <param name="Hostnames">Already intersected with the listener's hostname; empty takes all that the listener takes.</param>
internal sealed record AttachedRoute(HttpRouteResource Route, ImmutableArray<string> Hostnames);
