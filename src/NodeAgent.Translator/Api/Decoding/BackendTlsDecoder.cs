using System.Collections.Immutable;

namespace NodeAgent.Translator.Api.Decoding;

/// <summary>BackendTLSPolicy, and the validation it shares with XBackend.</summary>
internal static class BackendTlsDecoder
{
    private const int MaxTargets = 16;

    private static readonly BackendTlsValidation Nothing = new([], null, "", []);

    public static BackendTlsPolicy ReadPolicy(FieldReader document, ObjectMeta meta) =>
        document.RequiredObject("spec", spec => new BackendTlsPolicy(
            meta,
            Targets(spec),
            spec.RequiredObject("validation", Validation) ?? Nothing,
            spec.Map("options", 16, TextRules.Any, TextRules.AnnotationValue)))
        ?? new BackendTlsPolicy(meta, [], Nothing, ImmutableSortedDictionary<string, string>.Empty);

    public static BackendTlsValidation Validation(FieldReader validation)
    {
        ImmutableArray<ObjectReference> authorities = validation.List("caCertificateRefs", 0, 8, ReferenceDecoder.Local);
        string? wellKnown = validation.OptionalText("wellKnownCACertificates", TextRules.WellKnownAuthorities);
        if (validation.Clean && !authorities.IsEmpty && wellKnown is not null)
        {
            validation.Report("wellKnownCACertificates", "is set beside caCertificateRefs", "only one of the two may be");
        }
        else if (validation.Clean && authorities.IsEmpty && wellKnown is null)
        {
            validation.Report("caCertificateRefs", "is missing", "it or wellKnownCACertificates must be set");
        }

        return new BackendTlsValidation(
            authorities,
            wellKnown,
            validation.Text("hostname", TextRules.PreciseHostname),
            validation.List("subjectAltNames", 0, 5, SubjectAltName));
    }

    private static SubjectAltName SubjectAltName(FieldReader name)
    {
        string type = name.Choice("type", null, "Hostname", "URI");
        string? hostname = name.OptionalText("hostname", TextRules.Hostname);
        string? uri = name.OptionalText("uri", TextRules.Uri);
        if (name.Clean)
        {
            CheckField(name, "hostname", hostname, type, "Hostname");
            CheckField(name, "uri", uri, type, "URI");
        }

        return new SubjectAltName(type, hostname ?? uri ?? "");
    }

    private static void CheckField(FieldReader name, string field, string? value, string type, string owner)
    {
        if (type == owner && value is null)
        {
            name.Report(field, "is missing", $"type {owner} needs it");
        }
        else if (type != owner && value is not null)
        {
            name.Report(field, $"is set with type {type}", $"it is only allowed with type {owner}");
        }
    }

    private static ImmutableArray<PolicyTarget> Targets(FieldReader spec)
    {
        ImmutableArray<PolicyTarget> targets = spec.List("targetRefs", 1, MaxTargets, target => new PolicyTarget(
            target.Text("group", TextRules.Group),
            target.Text("kind", TextRules.Kind),
            target.Text("name", TextRules.ReferenceName),
            target.OptionalText("sectionName", TextRules.SectionName)));
        if (spec.Clean)
        {
            CheckDistinct(spec, targets);
        }

        return targets;
    }

    /// <summary>Targets that are one object must all name a section, each another one.</summary>
    private static void CheckDistinct(FieldReader spec, ImmutableArray<PolicyTarget> targets)
    {
        for (int i = 1; i < targets.Length; i++)
        {
            int first = targets.IndexOf(targets[i]);
            int sameObject = Enumerable.Range(0, i).FirstOrDefault(
                j => targets[j] with { SectionName = null } == targets[i] with { SectionName = null }, -1);
            string path = FieldPath.Item(FieldPath.Child(spec.Path, "targetRefs"), i);
            if (first < i)
            {
                spec.ReportAt(path, $"names the same target as targetRefs[{first}]", "then sectionName must differ");
                return;
            }

            if (sameObject >= 0 && targets[sameObject].SectionName is null != targets[i].SectionName is null)
            {
                spec.ReportAt(path, $"names the same target as targetRefs[{sameObject}]", "then each of them must set sectionName");
                return;
            }
        }
    }
}
