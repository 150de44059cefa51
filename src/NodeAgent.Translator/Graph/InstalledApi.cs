using System.Collections.Immutable;
using System.Text.RegularExpressions;
using NodeAgent.Translator.Api;

namespace NodeAgent.Translator.Graph;

/// <summary>What the installed definitions of the Gateway API mean for every class.</summary>
/// <param name="Features">For status.supportedFeatures.</param>
/// <param name="Installed">False where no definition is known, as in a folder of manifests: then there is no version to judge.</param>
/// <param name="Unsupported">Why the installed version is none that we know.</param>
/// <param name="Version">For the condition's message.</param>
internal sealed partial record InstalledApi(ImmutableArray<string> Features, bool Installed, Problem? Unsupported, string Version)
{
    private const int SupportedMajor = 1;

    /// <summary>Of the minor releases from 0 to this one all fields are read; older ones lack some, which is no problem.</summary>
    private const int NewestMinor = 6;

    private const string Range = "v1.0 to v1.6 are supported";

    public static InstalledApi Of(ObjectIndex index)
    {
        CustomResourceDefinition[] definitions = [.. index.All<CustomResourceDefinition>().Where(d => d.DefinedGroup == Groups.Gateway)];
        if (definitions.Length == 0)
        {
            return new InstalledApi(SupportedFeatures.Of(index.Serves, null), false, null, "");
        }

        ImmutableArray<string> features = SupportedFeatures.Of(
            index.Serves, definitions.ToDictionary(d => d.Meta.Name, StringComparer.Ordinal));
        string[] versions = [.. definitions.Select(Describe).Distinct().Order(StringComparer.Ordinal)];
        CustomResourceDefinition[] unknown = [.. definitions.Where(d => !IsSupported(d.BundleVersion))];
        Problem? problem = unknown.Length == 0
            ? null
            : new Problem(
                Reasons.UnsupportedVersion,
                $"Gateway API {Describe(unknown[0])} is not known: {Conditions.Names([.. unknown.Select(d => d.Meta.Name)])}; {Range}, and what they have in common is served");
        return new InstalledApi(features, true, problem, $"Gateway API {string.Join(" and ", versions)} is installed; {Range}");
    }

    public Condition? SupportedVersion(long generation) => Installed
        ? Conditions.Of(Conditions.SupportedVersion, Unsupported, Reasons.SupportedVersion, Version, generation)
        : null;

    private static string Describe(CustomResourceDefinition definition) =>
        $"{definition.BundleVersion ?? "without bundle-version"} ({definition.Channel ?? "no"} channel)";

    private static bool IsSupported(string? version) =>
        version is not null
        && BundleVersion().Match(version) is { Success: true } match
        && match.Groups["major"].Value == $"{SupportedMajor}"
        && int.TryParse(match.Groups["minor"].Value, out int minor)
        && minor <= NewestMinor;

    [GeneratedRegex(@"^v(?<major>[0-9]{1,4})\.(?<minor>[0-9]{1,4})\.[0-9]{1,4}(-[0-9A-Za-z.-]+)?\z")]
    private static partial Regex BundleVersion();
}
