using System.Collections.Immutable;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>Bindings as values that can be compared, see <see cref="LegacyConversion.Inputs"/>.</summary>
internal static class RouteInputs
{
    public static IEnumerable<object> Of(ImmutableArray<RouteBinding> bindings) => bindings.SelectMany(b =>
        b.Sections.Cast<object>().Prepend((b.Gateway.Meta.Key, b.Allowed, string.Join(',', b.Listeners))));
}
