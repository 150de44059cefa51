using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Legacy.Conversion;

/// <summary>A group of sections that one converted route can be attached to.</summary>
/// <param name="Name">Part of the converted route's name; empty when there is but one.</param>
/// <param name="Port">Of the listeners, for backends without a port; 0 when none is without.</param>
internal readonly record struct RoutePart(string Name, int Port, ImmutableArray<ParentRef> Parents)
{
    /// <summary>Today's routes have no more parents, and the list in their status no more places.</summary>
    private const int MaxParents = 32;

    /// <param name="byPort">Some backend takes the port at which a request arrived: one route per port then.</param>
    /// <param name="prefix">Begins the names of all parts.</param>
    public static IEnumerable<RoutePart> Of(IEnumerable<RouteSection> sections, bool byPort, string prefix = "")
    {
        foreach (IGrouping<int, RouteSection> port in sections.GroupBy(s => byPort ? s.Port : 0).OrderBy(g => g.Key))
        {
            int chunk = 0;
            foreach (RouteSection[] some in port.Chunk(MaxParents))
            {
                string[] names = [prefix, byPort ? $"p{port.Key}" : "", chunk == 0 ? "" : $"c{chunk}"];
                chunk++;
                yield return new RoutePart(
                    string.Join('+', names.Where(n => n.Length > 0)), port.Key, [.. some.Select(s => s.ToParentRef())]);
            }
        }
    }
}
