using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>gateway.networking.k8s.io/v1 (and v1beta1) ReferenceGrant.</summary>
public sealed record ReferenceGrant(
    ObjectMeta Meta,
    ImmutableArray<GrantFrom> From,
    ImmutableArray<GrantTo> To) : ApiObject(Meta)
{
    public override string Kind => "ReferenceGrant";

    public override string Group => Groups.Gateway;

    /// <summary>The namespace that may be referred to.</summary>
    public override ImmutableArray<string> Links => [Meta.Namespace];
}

public sealed record GrantFrom(string Group, string Kind, string Namespace);

/// <param name="Name">Null: all of that kind in the grant's namespace.</param>
public sealed record GrantTo(string Group, string Kind, string? Name);
