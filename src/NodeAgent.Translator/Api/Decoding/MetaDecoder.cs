using System.Collections.Immutable;
using System.Globalization;

namespace NodeAgent.Translator.Api.Decoding;

internal static class MetaDecoder
{
    /// <param name="document">The reader of the whole object.</param>
    /// <param name="clusterScoped">The kind has no namespace; one that is given is ignored, as kubectl does.</param>
    public static ObjectMeta Read(FieldReader document, bool clusterScoped, TextRule nameRule) =>
        document.RequiredObject("metadata", meta => Fields(meta, clusterScoped, nameRule)) ?? Nothing;

    private static ObjectMeta Nothing { get; } =
        new("", "", 1, 0, ImmutableSortedDictionary<string, string>.Empty);

    private static ObjectMeta Fields(FieldReader meta, bool clusterScoped, TextRule nameRule)
    {
        meta.Know(
            "generateName", "resourceVersion", "selfLink", "finalizers", "ownerReferences", "managedFields",
            "deletionTimestamp", "deletionGracePeriodSeconds", "clusterName");
        ImmutableSortedDictionary<string, string> annotations =
            meta.Map("annotations", int.MaxValue, TextRules.Any, TextRules.Any);
        string? space = meta.OptionalText("namespace", clusterScoped ? TextRules.Any : TextRules.Namespace);
        return new ObjectMeta(
            clusterScoped ? "" : space ?? ApiDecoder.DefaultNamespace,
            meta.Text("name", nameRule),
            meta.OptionalLong("generation", 0, long.MaxValue) is long generation and > 0 ? generation : 1,
            CreatedAt(meta),
            meta.Map("labels", int.MaxValue, TextRules.LabelKey, TextRules.LabelValue))
        {
            Uid = Guid.TryParse(meta.OptionalText("uid", TextRules.Any), out Guid uid) ? uid : Guid.Empty,
            AppProtocol = annotations.GetValueOrDefault("networking.x-k8s.io/app-protocol"),
        };
    }

    private static long CreatedAt(FieldReader meta)
    {
        if (meta.OptionalText("creationTimestamp", TextRules.Any) is not string text)
        {
            return 0;
        }

        if (DateTimeOffset.TryParseExact(
            text,
            ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out DateTimeOffset created))
        {
            return created.ToUnixTimeSeconds();
        }

        meta.Report("creationTimestamp", $"is {FieldReader.Quote(text)}", "must be a time such as 2026-01-31T12:00:00Z");
        return 0;
    }
}
