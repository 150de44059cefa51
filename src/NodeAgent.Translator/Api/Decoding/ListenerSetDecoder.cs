namespace NodeAgent.Translator.Api.Decoding;

internal static class ListenerSetDecoder
{
    public static ListenerSet Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => new ListenerSet(
            meta,
            spec.RequiredObject("parentRef", Parent) ?? Nobody,
            ListenerDecoder.Read(spec))) ?? new ListenerSet(meta, Nobody, []);

    private static ObjectReference Nobody { get; } = new(Groups.Gateway, "Gateway", "", null);

    private static ObjectReference Parent(FieldReader reference) => new(
        reference.OptionalText("group", TextRules.Group) ?? Groups.Gateway,
        reference.OptionalText("kind", TextRules.Kind) ?? "Gateway",
        reference.Text("name", TextRules.ReferenceName),
        reference.OptionalText("namespace", TextRules.Namespace));
}
