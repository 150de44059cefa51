using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Graph.Backends;

/// <summary>Files as a backend of HTTPRoutes. A port makes no difference.</summary>
internal sealed class StaticFilesBackendType : BackendType
{
    public override string Group => Groups.NodeAgent;

    public override string Kind => "StaticFiles";

    public override (SnapshotTarget? Target, Problem? Problem) Resolve(BackendRef backend, string ns, RouteObject route, ObjectIndex index)
    {
        string name = $"StaticFiles {ns}/{backend.Name}";
        if (route is not HttpRoute || !index.Serves(DataPlaneFeatures.StaticFiles))
        {
            return Fault(Reasons.InvalidKind, route is HttpRoute ? $"{name}: the data plane does not serve files" : $"{name} can answer HTTPRoutes only");
        }

        if (index.Find<StaticFiles>(ns, backend.Name) is not StaticFiles files)
        {
            return Fault(Reasons.BackendNotFound, $"{name} does not exist");
        }

        return StaticFilesCompilation.Check(files, index) is Problem problem
            ? Fault(problem.Reason == Reasons.RefNotPermitted ? problem.Reason : Reasons.BackendNotFound, $"{name}: {problem.Message}")
            : (new StaticFilesTarget(ns, backend.Name), null);
    }
}

internal sealed record StaticFilesTarget(string Namespace, string Name) : SnapshotTarget
{
    public override string Id => StaticFilesResource.IdOf(Namespace, Name);

    public override string? Subject => $"StaticFiles/{Namespace}/{Name}";

    public override TargetResult Build(ObjectIndex index) =>
        TargetResult.Of(index.Find<StaticFiles>(Namespace, Name) is StaticFiles files ? StaticFilesCompilation.Build(files, index) : null);
}
