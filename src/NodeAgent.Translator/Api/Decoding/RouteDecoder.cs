using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>What all routes share.</summary>
internal static class RouteDecoder
{
    public const int MaxWeight = 1_000_000;

    public const int MaxRules = 16;

    /// <summary>Of one rule.</summary>
    public const int MaxMatches = 64;

    /// <summary>Over all rules of a route.</summary>
    private const int MaxMatchesInAll = 128;

    public static bool UsesDefaultGateways(FieldReader spec) =>
        spec.Choice("useDefaultGateways", "None", "All", "None") == "All";

    public static ImmutableArray<ParentRef> Parents(FieldReader spec)
    {
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

    /// <summary>Of a filter: a reference without weight.</summary>
    public static BackendRef FilterBackend(FieldReader reference)
    {
        ObjectReference target = ReferenceDecoder.Backend(reference, out int? port);
        return new BackendRef(target.Group, target.Kind, target.Namespace, target.Name, port, 1, []);
    }

    /// <summary>Names of rules are optional, but each must be another.</summary>
    public static void CheckRuleNames(FieldReader spec, ImmutableArray<string?> names)
    {
        string path = FieldPath.Child(spec.Path, "rules");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (int i = 0; i < names.Length; i++)
        {
            if (names[i] is string name && !seen.Add(name))
            {
                spec.ReportAt($"{FieldPath.Item(path, i)}.name", $"is \"{name}\" a second time", "names of rules must be unique in a route");
            }
        }
    }

    public static void CheckMatchCount(FieldReader spec, int matches)
    {
        if (matches > MaxMatchesInAll)
        {
            spec.ReportAt(
                FieldPath.Child(spec.Path, "rules"),
                $"has {matches} matches in all",
                $"at most {MaxMatchesInAll} are allowed in a route");
        }
    }

    /// <summary>rules[].matches[].headers and queryParams.</summary>
    public static ImmutableArray<NamedMatch> NamedMatches(FieldReader match, string field, TextRule value)
    {
        ImmutableArray<NamedMatch> matches = match.List(field, 0, 16, item => new NamedMatch(
            item.Choice("type", "Exact", "Exact", "RegularExpression"),
            item.Text("name", TextRules.HeaderName),
            item.Text("value", value)));
        if (match.Clean)
        {
            match.CheckUnique(field, [.. matches.Select(m => m.Name)], ".name");
        }

        return matches;
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
}
