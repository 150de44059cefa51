namespace NodeAgent.Translator.Api.Decoding;

/// <summary>References to other objects, in the shapes several kinds share.</summary>
internal static class ReferenceDecoder
{
    /// <summary>A reference whose group and kind have defaults.</summary>
    public static ObjectReference WithDefaults(FieldReader reference, string kind) => new(
        reference.OptionalText("group", TextRules.Group) ?? Groups.Core,
        reference.OptionalText("kind", TextRules.Kind) ?? kind,
        reference.Text("name", TextRules.ReferenceName),
        reference.OptionalText("namespace", TextRules.Namespace));

    /// <summary>A reference that must say group and kind.</summary>
    public static ObjectReference Explicit(FieldReader reference) => new(
        reference.Text("group", TextRules.Group),
        reference.Text("kind", TextRules.Kind),
        reference.Text("name", TextRules.ReferenceName),
        reference.OptionalText("namespace", TextRules.Namespace));

    /// <summary>An explicit reference into the own namespace.</summary>
    public static ObjectReference Local(FieldReader reference) => new(
        reference.Text("group", TextRules.Group),
        reference.Text("kind", TextRules.Kind),
        reference.Text("name", TextRules.ReferenceName),
        null);

    /// <summary>group, kind, namespace, name, port: the part that backendRefs share with mirrors.</summary>
    public static ObjectReference Backend(FieldReader reference, out int? port)
    {
        ObjectReference target = WithDefaults(reference, "Service");
        port = reference.OptionalInt("port", 1, 65535);
        if (reference.Clean && port is null && target.Group == Groups.Core && target.Kind == "Service")
        {
            reference.Report("port", "is missing", "a Service needs a port from 1 to 65535");
        }

        return target;
    }
}
