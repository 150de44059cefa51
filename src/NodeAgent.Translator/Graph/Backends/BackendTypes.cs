using System.Collections.Immutable;

namespace NodeAgent.Translator.Graph.Backends;

/// <summary>Every kind of backend there is. A new kind is one class and one line here.</summary>
internal static class BackendTypes
{
    public static ImmutableArray<BackendType> All { get; } =
    [
        new ServiceBackendType(),
        new PodBackendType(),
        new StatefulSetBackendType(),
        new XBackendType(),
        new EndpointGroupBackendType(),
        new StaticFilesBackendType(),
    ];

    public static BackendType? Find(string group, string kind) => All.FirstOrDefault(t => t.Kind == kind && t.Group == group);
}
