using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>What all routes share, and TCPRoute, which has nothing else.</summary>
internal static class RouteDecoder
{
    public const int MaxWeight = 1_000_000;

    public static TcpRoute ReadTcp(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec =>
        {
            ImmutableArray<ParentRef> parents = Parents(spec);
            ImmutableArray<TcpRule> rules = spec.List("rules", 1, 1, rule => new TcpRule(
                rule.OptionalText("name", TextRules.SectionName),
                rule.List("backendRefs", 1, 16, Backend)));
            TcpRule first = rules.IsEmpty ? new TcpRule(null, []) : rules[0];
            return new TcpRoute(meta, parents, first.Name, first.BackendRefs);
        }) ?? new TcpRoute(meta, [], null, []);

    /// <summary>spec.parentRefs, and the fields beside it that every route has.</summary>
    public static ImmutableArray<ParentRef> Parents(FieldReader spec)
    {
        spec.Choice("useDefaultGateways", "None", "All", "None");
        ImmutableArray<ParentRef> parents = spec.List("parentRefs", 0, 32, parent => new ParentRef(
            parent.OptionalText("group", TextRules.Group) ?? Groups.Gateway,
            parent.OptionalText("kind", TextRules.Kind) ?? "Gateway",
            parent.OptionalText("namespace", TextRules.Namespace),
            parent.Text("name", TextRules.ReferenceName),
            parent.OptionalText("sectionName", TextRules.SectionName),
            parent.OptionalInt("port", 1, 65535)));
        if (spec.Clean)
        {
            CheckSameParent(spec, parents);
        }

        return parents;
    }

    public static BackendRef Backend(FieldReader reference)
    {
        ObjectReference target = ReferenceDecoder.Backend(reference, out int? port);
        int weight = reference.OptionalInt("weight", 0, MaxWeight) ?? 1;
        return new BackendRef(target.Group, target.Kind, target.Namespace, target.Name, port, weight, []);
    }

    /// <summary>References to one parent must all tell their listener the same way, each another one.</summary>
    private static void CheckSameParent(FieldReader spec, ImmutableArray<ParentRef> parents)
    {
        for (int i = 1; i < parents.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                ParentRef a = parents[j];
                ParentRef b = parents[i];
                if ((a.Group, a.Kind, a.Namespace, a.Name) != (b.Group, b.Kind, b.Namespace, b.Name))
                {
                    continue;
                }

                string path = FieldPath.Item(FieldPath.Child(spec.Path, "parentRefs"), i);
                string same = $"names the same parent as parentRefs[{j}]";
                if (a.SectionName is null != b.SectionName is null || a.Port is null != b.Port is null)
                {
                    spec.ReportAt(path, same, "then each of them must set sectionName, or each port");
                    return;
                }

                if ((a.SectionName, a.Port) == (b.SectionName, b.Port))
                {
                    spec.ReportAt(path, same, "then sectionName or port must differ");
                    return;
                }
            }
        }
    }

    private sealed record TcpRule(string? Name, ImmutableArray<BackendRef> BackendRefs);
}
