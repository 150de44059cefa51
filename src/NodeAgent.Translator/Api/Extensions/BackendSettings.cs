using System.Collections.Immutable;
using NodeAgent.Snapshot;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>nodeagent.dev/v1alpha1 BackendSettings: how agents choose, watch and spare the endpoints of backends in its namespace.</summary>
/// <param name="Config">What the snapshot carries of it.</param>
public sealed record BackendSettings(
    ObjectMeta Meta,
    ImmutableArray<SettingsTarget> TargetRefs,
    BackendSettingsConfig Config) : ApiObject(Meta)
{
    public const string KindName = "BackendSettings";

    public override string Kind => KindName;

    public override string Group => Groups.NodeAgent;

    public override ImmutableArray<string> Links { get; } =
        [.. TargetRefs.Select(t => t.Subject(Meta.Namespace)).Distinct(StringComparer.Ordinal)];
}

/// <param name="SectionName">The name of a Service port; null: every port.</param>
public sealed record SettingsTarget(string Group, string Kind, string Name, string? SectionName)
{
    /// <summary>How snapshot targets and policies name the same backend: <c>KIND/NS/NAME</c>.</summary>
    public string Subject(string ns) => $"{Kind}/{ns}/{Name}";
}
