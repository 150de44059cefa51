using System.Collections.Immutable;
using NodeAgent.Translator.Api;

namespace NodeAgent.Controller.Sources.Manifests;

/// <summary>Many files to one state: each object once, each skipped kind told once.</summary>
internal static class ManifestMerge
{
    /// <param name="files">By path (ordinal): the first file that has an object wins.</param>
    public static ManifestRead Merge(IReadOnlyList<ManifestFile> files)
    {
        var problems = new List<Problem>();
        var order = new List<ObjectKey>();
        var objects = new Dictionary<ObjectKey, (ManifestFile File, KeptObject Kept)>();
        foreach (ManifestFile file in files)
        {
            problems.AddRange(file.Problems);
            foreach (KeptObject kept in file.Objects)
            {
                if (objects.TryAdd(kept.Key, (file, kept)))
                {
                    order.Add(kept.Key);
                }
                else if (objects[kept.Key].Kept.Stale)
                {
                    // Moved out of a file that looks cut off: this one is the real thing.
                    objects[kept.Key] = (file, kept);
                }
                else if (!kept.Stale)
                {
                    (ManifestFile firstFile, KeptObject first) = objects[kept.Key];
                    string subject = $"{kept.Object.Kind} {kept.Object.Meta.Key}";
                    problems.Add(new Problem(file.Name, kept.Line, subject, "", $"is also in {firstFile.Name}:{first.Line}, which is used; an object may stand in one file"));
                }
            }
        }

        var kinds = new HashSet<(string, string)>();
        return new ManifestRead(
            [.. order.Select(key => objects[key].Kept.Object)],
            [.. problems.OrderBy(p => p.File, StringComparer.Ordinal).ThenBy(p => p.Line)],
            [.. files.SelectMany(file => file.Ignored).Where(ignored => kinds.Add((ignored.ApiVersion, ignored.Kind)))])
        {
            Places = [.. order.Select(key => new ObjectPlace(objects[key].File.Name, objects[key].Kept.Line))],
        };
    }
}
