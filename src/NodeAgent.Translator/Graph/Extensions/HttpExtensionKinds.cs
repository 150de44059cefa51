using System.Collections.Immutable;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Graph.Extensions;

/// <summary>What a reference to an HTTPFilter or HTTPMatch leads to; exactly one of the three is set.</summary>
/// <param name="Filter">Of an HTTPFilter.</param>
/// <param name="Conditions">Of an HTTPMatch.</param>
internal readonly record struct HttpExtension(ExtensionFilter? Filter, MatchConditions? Conditions, Problem? Problem);

/// <summary>Finds HTTPFilters and HTTPMatches, always in the namespace of whoever refers to them.</summary>
internal static class HttpExtensionKinds
{
    public static HttpExtension Find(ObjectReference reference, string ns, ObjectIndex index)
    {
        string name = $"{reference.Kind} {ns}/{reference.Name}";
        if (reference.Group != Groups.NodeAgent || reference.Kind is not ("HTTPFilter" or "HTTPMatch"))
        {
            string group = reference.Group.Length == 0 ? "core" : reference.Group;
            return Fault(
                Reasons.InvalidKind,
                $"extensionRef {reference.Name} is of kind {reference.Kind} in group {group}; only HTTPFilter and HTTPMatch of {Groups.NodeAgent} are served");
        }

        if (!index.Serves(DataPlaneFeatures.HttpExtensions))
        {
            return Fault(Reasons.InvalidKind, $"{name}: the data plane does not serve extensions");
        }

        return reference.Kind == "HTTPFilter" ? Filter(name, index.Find<HttpFilter>(ns, reference.Name), index) : Match(reference, ns, index);
    }

    /// <summary>Of a match's own extensionRef, which only HTTPMatch can be (the original Service APIs have such).</summary>
    public static HttpExtension Match(ObjectReference reference, string ns, ObjectIndex index)
    {
        string name = $"{reference.Kind} {ns}/{reference.Name}";
        if (reference.Group != Groups.NodeAgent || reference.Kind != "HTTPMatch" || !index.Serves(DataPlaneFeatures.HttpExtensions))
        {
            return Fault(Reasons.InvalidKind, $"extensionRef {reference.Name} is of kind {reference.Kind}; only HTTPMatch of {Groups.NodeAgent} is served");
        }

        if (index.Find<HttpMatchObject>(ns, reference.Name) is not HttpMatchObject match)
        {
            return NotFound(name);
        }

        return HttpMatchCompilation.Check(match) is Problem problem
            ? Fault(problem.Reason, $"{name}: {problem.Message}")
            : new HttpExtension(null, HttpMatchCompilation.Of(match), null);
    }

    private static HttpExtension Filter(string name, HttpFilter? filter, ObjectIndex index)
    {
        if (filter is null)
        {
            return NotFound(name);
        }

        (ExtensionFilter? compiled, Problem? problem) = ExtensionFilterCompilation.Compile(filter, index);
        return compiled is null ? Fault(problem!.Reason, $"{name}: {problem.Message}") : new HttpExtension(compiled, null, null);
    }

    private static HttpExtension NotFound(string name) => Fault(Reasons.ExtensionNotFound, $"{name} does not exist");

    private static HttpExtension Fault(string reason, string message) => new(null, null, new Problem(reason, message));
}
