using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>StaticFiles as deploy/crds/nodeagent.dev_staticfiles.yaml has it.</summary>
internal static class StaticFilesDecoder
{
    public static StaticFiles Read(FieldReader document, ObjectMeta meta) => document.RequiredObject("spec", spec =>
    {
        var files = new StaticFiles(
            meta,
            spec.Object("configMap", ConfigMap),
            spec.Object("folder", f => new NameValue(f.Text("path", ExtensionTextRules.AbsoluteFolder), ""))?.Name,
            spec.OptionalText("index", ExtensionTextRules.FileName) ?? "index.html",
            spec.OptionalText("cacheControl", ExtensionTextRules.CacheControl),
            spec.List("contentTypes", 0, 64, t => new ContentTypeSpec(
                t.Text("extension", ExtensionTextRules.Extension), t.Text("contentType", ExtensionTextRules.ContentType))));
        spec.Unique("contentTypes", files.ContentTypes, t => t.Extension);
        spec.ExactlyOne("configMap", "folder");
        return files;
    }) ?? new StaticFiles(meta, null, null, "", null, []);

    private static ConfigMapFiles ConfigMap(FieldReader map)
    {
        var files = new ConfigMapFiles(
            map.Text("name", TextRules.ObjectName),
            map.List("items", 0, 256, item => new ConfigMapFile(
                item.Text("key", TextRules.SecretKey), item.Text("path", ExtensionTextRules.FilePath))));
        map.Unique("items", files.Items, i => i.Path);
        return files;
    }
}
