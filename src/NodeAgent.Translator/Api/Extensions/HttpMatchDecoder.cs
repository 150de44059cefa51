using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>HTTPMatch as deploy/crds/nodeagent.dev_httpmatches.yaml has it.</summary>
internal static class HttpMatchDecoder
{
    public static HttpMatchObject Read(FieldReader document, ObjectMeta meta) => document.RequiredObject("spec", spec =>
    {
        var match = new HttpMatchObject(
            meta,
            spec.Ranges("sourceRanges", 64),
            spec.List("cookies", 0, 16, Cookie),
            spec.List("headers", 0, 16, h => new HeaderCondition(
                h.Text("name", TextRules.HeaderName), h.Choice("type", "Present", "Present", "Absent"))));
        spec.Unique("cookies", match.Cookies, c => c.Name);
        spec.Unique("headers", match.Headers, h => h.Name);
        if (spec.Clean && match is { SourceRanges.IsEmpty: true, Cookies.IsEmpty: true, Headers.IsEmpty: true })
        {
            spec.ReportAt(spec.Path, "has no condition", "needs items in sourceRanges, cookies or headers");
        }

        return match;
    }) ?? new HttpMatchObject(meta, [], [], []);

    private static CookieCondition Cookie(FieldReader cookie)
    {
        var result = new CookieCondition(
            cookie.Text("name", TextRules.HeaderName),
            cookie.Choice("type", "Exact", "Exact", "RegularExpression", "Present", "Absent"),
            cookie.OptionalText("value", ExtensionTextRules.CookieValue));
        bool wanted = result.Type is "Exact" or "RegularExpression";
        if (cookie.Clean && wanted != (result.Value is not null))
        {
            cookie.Report("value", wanted ? "is missing" : "is set", "Exact and RegularExpression need it, Present and Absent take none");
        }

        return result;
    }
}
