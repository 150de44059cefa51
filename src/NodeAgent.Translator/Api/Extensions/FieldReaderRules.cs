using System.Collections.Immutable;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Api.Extensions;

/// <summary>Shapes that the schemas of our own kinds have in common.</summary>
internal static class FieldReaderRules
{
    private const int MaxSelectorEntries = 16;

    private const int MaxSelectorValues = 64;

    /// <summary>x-kubernetes-list-type: set.</summary>
    public static ImmutableArray<string> Set(this FieldReader reader, string name, int min, int max, TextRule rule)
    {
        ImmutableArray<string> items = reader.Texts(name, min, max, rule);
        reader.Unique(name, items, item => item);
        return items;
    }

    /// <summary>x-kubernetes-list-type: set, or map by <paramref name="key"/>. Not judged when items were refused.</summary>
    public static void Unique<T>(this FieldReader reader, string name, ImmutableArray<T> items, Func<T, string> key)
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < items.Length && reader.Clean; i++)
        {
            if (!seen.Add(key(items[i])))
            {
                reader.ReportAt(
                    FieldPath.Item(FieldPath.Child(reader.Path, name), i),
                    $"is {FieldReader.Quote(key(items[i]))} a second time",
                    "each may stand once");
            }
        }
    }

    /// <summary>A Gateway API duration in milliseconds.</summary>
    public static long? OptionalDuration(this FieldReader reader, string name) =>
        reader.OptionalText(name, TextRules.Duration) is string text ? (long)GatewayDuration.Parse(text).TotalMilliseconds : null;

    public static LabelSelector BoundedSelector(FieldReader selector) => new(
        selector.Map("matchLabels", MaxSelectorEntries, TextRules.LabelKey, TextRules.LabelValue),
        selector.List("matchExpressions", 0, MaxSelectorEntries, Requirement));

    private static LabelRequirement Requirement(FieldReader expression)
    {
        var requirement = new LabelRequirement(
            expression.Text("key", TextRules.LabelKey),
            expression.Choice("operator", null, "In", "NotIn", "Exists", "DoesNotExist"),
            expression.Texts("values", 0, MaxSelectorValues, TextRules.LabelValue));
        bool wanted = requirement.Operator is "In" or "NotIn";
        if (expression.Clean && wanted == requirement.Values.IsEmpty)
        {
            expression.Report(
                "values",
                wanted ? "is missing" : "is set",
                "In and NotIn need values, Exists and DoesNotExist take none");
        }

        return requirement;
    }
}
