using System.Collections.Immutable;
using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>nodeagent.dev/v1alpha1 BackendSettings: how agents choose, watch and spare the endpoints of backends in its namespace.</summary>
/// <param name="Config">What the snapshot carries of it.</param>
public sealed record BackendSettings(
    ObjectMeta Meta,
    ImmutableArray<PolicyTarget> Targets,
    BackendSettingsConfig Config) : ApiObject(Meta)
{
    public const string KindName = "BackendSettings";

    public override string Kind => KindName;

    public override string Group => Groups.NodeAgent;

    public override ImmutableArray<string> Links => PolicyTarget.LinksOf(Targets, Meta.Namespace);
}
