using System.Collections.Immutable;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Graph;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>What one object of the original API becomes.</summary>
/// <param name="Inputs">All that <paramref name="Objects"/> depend on: while they are equal, the objects stay the same ones.</param>
/// <param name="Objects">Of today's API, under <see cref="ConvertedNames"/>.</param>
internal sealed record LegacyConversion(ImmutableArray<object> Inputs, ImmutableArray<ApiObject> Objects)
{
    public static LegacyConversion None { get; } = new([], []);

    /// <summary>Of a route: the Gateways that have to do with it.</summary>
    public ImmutableArray<RouteBinding> Bindings { get; init; } = [];

    /// <summary>Of a route: the first reference of its own that leads nowhere and has no place in today's API.</summary>
    public Problem? Unresolved { get; init; }

    /// <summary>Of a route: parts that are left out, while the rest is served.</summary>
    public Problem? LeftOut { get; init; }

    /// <summary>Of a route: what its owner should know although nothing is wrong.</summary>
    public string? Note { get; init; }
}
