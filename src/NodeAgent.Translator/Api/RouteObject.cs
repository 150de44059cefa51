using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>What all route kinds share: their parents.</summary>
public abstract record RouteObject(ObjectMeta Meta, ImmutableArray<ParentRef> ParentRefs) : ApiObject(Meta)
{
    public override string Group => Groups.Gateway;

    public virtual RouteTraffic Traffic => RouteTraffic.Connections;

    /// <summary>Of all rules, as they are written; those of filters are not among them.</summary>
    public abstract IEnumerable<BackendRef> Backends { get; }

    /// <summary>spec.useDefaultGateways is All: Gateways with defaultScope All are parents too, without a parentRef.</summary>
    public bool UseDefaultGateways { get; init; }
}

/// <param name="Namespace">Null: the route's own.</param>
/// <param name="SectionName">Null: every listener of the parent.</param>
/// <param name="Port">Null: any port.</param>
public sealed record ParentRef(string Group, string Kind, string? Namespace, string Name, string? SectionName, int? Port);

/// <param name="Group">Empty (default) for Services.</param>
/// <param name="Weight">0..1,000,000, default 1; mirrors and external auth have none, there it is 1.</param>
public sealed record BackendRef(
    string Group,
    string Kind,
    string? Namespace,
    string Name,
    int? Port,
    int Weight,
    ImmutableArray<HttpRouteFilter> Filters);
