using System.Collections.Immutable;
using System.Text;
using NodeAgent.Snapshot;
using NodeAgent.Translator.Api;
using NodeAgent.Translator.Api.Extensions;

namespace NodeAgent.Translator.Graph.Backends;

/// <summary>StaticFiles in the data plane's words.</summary>
internal static class StaticFilesCompilation
{
    /// <summary>What keeps them from being served; files that a ConfigMap does not have count, for a page without its style is no page.</summary>
    public static Problem? Check(StaticFiles files, ObjectIndex index)
    {
        if (files.Folder is string folder)
        {
            return index.AllowsFolder(folder)
                ? null
                : new Problem(Reasons.RefNotPermitted, $"folder {folder} is below no --static-root of this node") { Field = "spec.folder.path" };
        }

        string name = $"ConfigMap {files.Meta.Namespace}/{files.ConfigMap!.Name}";
        if (index.Find<ConfigMap>(files.Meta.Namespace, files.ConfigMap.Name) is not ConfigMap map)
        {
            return new Problem(Reasons.InvalidExtension, $"{name} does not exist") { Field = "spec.configMap.name" };
        }

        ImmutableArray<ConfigMapFile> items = files.ConfigMap.Items;
        for (int i = 0; i < items.Length; i++)
        {
            if (!map.Data.ContainsKey(items[i].Key) && !map.BinaryData.ContainsKey(items[i].Key))
            {
                return new Problem(Reasons.InvalidExtension, $"{name} has no key {items[i].Key}") { Field = $"spec.configMap.items[{i}].key" };
            }
        }

        return null;
    }

    /// <summary>Null when <see cref="Check"/> has found something.</summary>
    public static StaticFilesResource? Build(StaticFiles files, ObjectIndex index)
    {
        if (Check(files, index) is not null)
        {
            return null;
        }

        return new StaticFilesResource(
            files.Meta.Namespace,
            files.Meta.Name,
            files.Index.Length == 0 ? null : files.Index,
            files.CacheControl,
            files.Folder,
            files.ConfigMap is ConfigMapFiles source ? Files(source, index.Find<ConfigMap>(files.Meta.Namespace, source.Name)!) : [],
            [
                .. files.ContentTypes.Select(t => new ExtensionContentType(t.Extension.ToLowerInvariant(), t.ContentType))
                    .DistinctBy(t => t.Extension).OrderBy(t => t.Extension, StringComparer.Ordinal),
            ]);
    }

    private static ImmutableArray<StaticFile> Files(ConfigMapFiles source, ConfigMap map)
    {
        IEnumerable<ConfigMapFile> items = source.Items.IsEmpty
            ? map.Data.Keys.Concat(map.BinaryData.Keys).Select(k => new ConfigMapFile(k, k))
            : source.Items;
        return
        [
            .. items.Select(i => new StaticFile(i.Path, Content(map, i.Key))).OrderBy(f => f.Path, StringComparer.Ordinal),
        ];
    }

    private static ReadOnlyMemory<byte> Content(ConfigMap map, string key) =>
        map.BinaryData.TryGetValue(key, out ImmutableArray<byte> bytes) ? bytes.AsMemory() : Encoding.UTF8.GetBytes(map.Data[key]);
}
