namespace NodeAgent.Translator.Api.Decoding;

/// <summary>The namespaces field of allowedRoutes and allowedListeners.</summary>
internal static class NamespacesDecoder
{
    public static NamespaceChoice Read(FieldReader allowed, NamespaceChoice fallback, params string[] choices)
    {
        NamespaceChoice result = fallback;
        allowed.Check("namespaces", namespaces => result = new NamespaceChoice(
            namespaces.Choice("from", fallback.From, choices),
            namespaces.Object("selector", Selector)));
        return result;
    }

    private static LabelSelector Selector(FieldReader selector) => new(
        selector.Map("matchLabels", int.MaxValue, TextRules.LabelKey, TextRules.LabelValue),
        selector.List("matchExpressions", 0, int.MaxValue, expression => new LabelRequirement(
            expression.Text("key", TextRules.LabelKey),
            expression.Choice("operator", null, "In", "NotIn", "Exists", "DoesNotExist"),
            expression.Texts("values", 0, int.MaxValue, TextRules.LabelValue))));
}
