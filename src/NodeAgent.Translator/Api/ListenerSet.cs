using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>
/// gateway.networking.k8s.io/v1 ListenerSet: more listeners for a Gateway, kept by somebody else. Their names count
/// within this object only; routes reach them with a parentRef of kind ListenerSet.
/// </summary>
/// <param name="Parent">Group and kind say Gateway unless a user wrote otherwise.</param>
public sealed record ListenerSet(ObjectMeta Meta, ObjectReference Parent, ImmutableArray<Listener> Listeners) : ApiObject(Meta)
{
    public override string Kind => "ListenerSet";

    public override string Group => Groups.Gateway;

    /// <summary>The Gateway finds its ListenerSets by <c>Gateway/NS/NAME</c>.</summary>
    public override ImmutableArray<string> Links =>
        Parent is { Group: Groups.Gateway, Kind: "Gateway" } ? [$"Gateway/{ParentKey}"] : [];

    /// <summary><c>NS/NAME</c> of <see cref="Parent"/>.</summary>
    public string ParentKey => $"{Parent.Namespace ?? Meta.Namespace}/{Parent.Name}";
}
