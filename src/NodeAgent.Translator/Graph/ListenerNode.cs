using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph.Certificates;

namespace NodeAgent.Translator.Graph;

/// <summary>One listener as the specs make it: its own, its neighbours', and what it refers to.</summary>
/// <param name="Owner">The Gateway or the ListenerSet that has it in its spec.</param>
/// <param name="Position">Where in the owner's spec.listeners.</param>
/// <param name="Protocol">Null when we do not serve the listener's.</param>
/// <param name="TlsMode">Of HTTPS and TLS, null for the others.</param>
/// <param name="Hostname">Lower case; null takes all.</param>
/// <param name="SupportedKinds">What the protocol, allowedRoutes.kinds and we agree on.</param>
/// <param name="Refused">Why it is not Accepted; null when it is.</param>
/// <param name="Conflicted"><paramref name="Refused"/> comes from another listener of the same Gateway.</param>
/// <param name="UnresolvedKinds">allowedRoutes.kinds names some that cannot attach here.</param>
internal sealed record ListenerNode(
    ApiObject Owner,
    int Position,
    Listener Listener,
    ListenerProtocol? Protocol,
    TlsMode? TlsMode,
    string? Hostname,
    ImmutableArray<RouteKind> SupportedKinds,
    Problem? Refused,
    bool Conflicted,
    Problem? UnresolvedKinds)
{
    public ListenerReferences References { get; init; } = ListenerReferences.None;

    /// <summary>Why OverlappingTLSConfig is True.</summary>
    public Problem? Overlap { get; init; }

    /// <summary>Of a ListenerSet, not the Gateway's own.</summary>
    public bool IsFromSet => Owner is ListenerSet;

    /// <summary>Its name among all listeners of the Gateway: how the snapshot and bind reports call it.</summary>
    public string Key => IsFromSet ? $"{Owner.Meta.Key}/{Listener.Name}" : Listener.Name;

    /// <summary>Nothing in the specs refuses it; what it refers to may still be missing.</summary>
    public bool Accepted => Refused is null;

    /// <summary>It has all it takes to be served; whether its port could be bound is another matter.</summary>
    public bool Valid => Accepted && References.Unusable is null;

    /// <summary>The first of its problems with references, telling of the others.</summary>
    public Problem? Unresolved
    {
        get
        {
            Problem[] all = [.. new[] { References.Certificate, References.Authority, UnresolvedKinds }.OfType<Problem>()];
            return all.Length < 2 ? all.FirstOrDefault() : all[0] with { Message = string.Join("; ", all.Select(p => p.Message)) };
        }
    }

    public ListenerConfig ToConfig() => new(Key, Listener.Port, Protocol!.Value, Hostname, References.ToConfig(TlsMode))
    {
        SingleLabelWildcards = Listener.SingleLabelWildcards,
    };
}
