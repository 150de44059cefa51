using System.Collections.Immutable;

namespace NodeAgent.Translator.Api;

/// <summary>
/// apiextensions.k8s.io/v1 CustomResourceDefinition, of which only that is kept which tells what objects of its kind
/// can carry: an API server prunes every field that the installed schema does not have.
/// </summary>
/// <param name="BundleVersion">The annotation gateway.networking.k8s.io/bundle-version, such as v1.6.1.</param>
/// <param name="Channel">The annotation gateway.networking.k8s.io/channel: standard or experimental.</param>
/// <param name="ServedVersions">In order.</param>
/// <param name="Fields">Those of <see cref="SupportedFeatures.FieldsOf"/> that the schema has.</param>
public sealed record CustomResourceDefinition(
    ObjectMeta Meta,
    string DefinedGroup,
    string? BundleVersion,
    string? Channel,
    ImmutableArray<string> ServedVersions,
    ImmutableSortedSet<string> Fields) : ApiObject(Meta)
{
    public const string KindName = "CustomResourceDefinition";

    public override string Kind => KindName;

    public override string Group => Groups.Extensions;
}
