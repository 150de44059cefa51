using System.Collections.Immutable;
using System.Text;

namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>Manifests that are at hand as text.</summary>
public static class ManifestText
{
    /// <param name="fileName">For the problem lines; one that ends in <c>.json</c> is read as JSON.</param>
    public static ManifestRead Read(string fileName, string yaml)
    {
        ManifestFile file = ManifestFile.New(fileName).With(Encoding.UTF8.GetBytes(yaml));
        return ManifestMerge.Merge([file]);
    }
}
