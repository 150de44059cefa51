using System.Collections.Immutable;
using NodeAgent.Translator.Api.Decoding;

namespace NodeAgent.Translator.Api.Extensions;

internal static class AddressPoolDecoder
{
    private static readonly TextRule Entry =
        new(4, 95, null, "a CIDR such as 192.0.2.0/24 or a range such as 192.0.2.10-192.0.2.20");

    private static readonly TextRule Avoided =
        new(2, 95, null, "an address, a CIDR such as 192.0.2.0/28 or a range such as 192.0.2.10-192.0.2.20");

    public static AddressPool Read(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec =>
        {
            ImmutableArray<string> addresses = spec.Set("addresses", 1, 32, Entry);
            ImmutableArray<string> avoid = spec.Set("avoid", 0, 64, Avoided);
            var pool = new AddressPool(
                meta,
                addresses,
                avoid,
                spec.OptionalFlag("autoAssign") ?? true,
                spec.Object("namespaces", Namespaces),
                spec.Set("gatewayClassNames", 0, 16, TextRules.ObjectName));
            CheckEntries(spec, "addresses", addresses, Entry, text => AddressRange.TryParseEntry(text, out _));
            CheckEntries(spec, "avoid", avoid, Avoided, text => AddressRange.TryParseAvoided(text, out _));
            return pool;
        }) ?? new AddressPool(meta, [], [], true, null, []);

    private static PoolNamespaces Namespaces(FieldReader namespaces)
    {
        var result = new PoolNamespaces(
            namespaces.Set("names", 0, 64, TextRules.Namespace),
            namespaces.Object("selector", FieldReaderRules.BoundedSelector));
        if (namespaces.Clean && result is { Names.IsEmpty: true, Selector: null })
        {
            namespaces.ReportAt(namespaces.Path, "is empty", "needs names, a selector or both; leave it out for all namespaces");
        }

        return result;
    }

    private static void CheckEntries(FieldReader spec, string name, ImmutableArray<string> entries, TextRule rule, Func<string, bool> parses)
    {
        for (int i = 0; i < entries.Length && spec.Clean; i++)
        {
            if (!parses(entries[i]))
            {
                spec.ReportAt(
                    FieldPath.Item(FieldPath.Child(spec.Path, name), i),
                    $"is {FieldReader.Quote(entries[i])}",
                    $"must be {rule.Allowed}");
            }
        }
    }
}
