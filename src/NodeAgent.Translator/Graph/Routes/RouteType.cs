using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph.Routes;

/// <summary>All that differs between kinds of routes on the way from object to resource.</summary>
internal abstract class RouteType
{
    public abstract RouteKind Kind { get; }

    /// <summary>Whether listeners that name no kinds of their own take this one.</summary>
    public virtual bool Default => true;

    /// <summary>What the data plane must serve for routes of this kind to be accepted at all.</summary>
    public virtual DataPlaneFeatures Needs => DataPlaneFeatures.None;

    /// <summary>Whether a listener of this protocol can ever serve routes of this kind.</summary>
    public abstract bool Fits(Listener listener);

    /// <summary>What is intersected with the listener's hostname; empty: whatever the listener takes.</summary>
    public virtual ImmutableArray<string> Hostnames(RouteObject route) => [];

    /// <summary>What the route does with traffic, whichever listener it comes from.</summary>
    public abstract RouteBody Compile(RouteObject route, ObjectIndex index);

    /// <param name="body">What <see cref="Compile"/> made of it.</param>
    /// <param name="parents">At least one.</param>
    public abstract Resource Build(RouteObject route, RouteBody body, ImmutableArray<RouteParent> parents);
}
