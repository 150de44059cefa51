namespace NodeAgent.Translator.Api.Decoding;

internal static class GrantDecoder
{
    public static ReferenceGrant Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => new ReferenceGrant(
            meta,
            spec.List("from", 1, 16, from => new GrantFrom(
                from.Text("group", TextRules.Group),
                from.Text("kind", TextRules.Kind),
                from.Text("namespace", TextRules.Namespace))),
            spec.List("to", 1, 16, to => new GrantTo(
                to.Text("group", TextRules.Group),
                to.Text("kind", TextRules.Kind),
                to.OptionalText("name", TextRules.ReferenceName))))) ?? new ReferenceGrant(meta, [], []);
}
