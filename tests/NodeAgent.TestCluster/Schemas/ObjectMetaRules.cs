using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>What is refused in the metadata of any object.</summary>
internal static class ObjectMetaRules
{
    /// <summary>All keys and values of annotations together.</summary>
    private const int AnnotationBytes = 256 * 1024;

    public static void Validate(JsonObject item, JsonObject? before, NameKind names, bool namespaced, List<FieldError> errors)
    {
        if (item["metadata"] is not JsonObject metadata)
        {
            errors.Add(FieldErrors.Required("metadata.name", "name or generateName is required"));
            return;
        }

        ValidateName(metadata, names, errors);
        ValidateNamespace(metadata, namespaced, errors);
        if (metadata["labels"] is JsonObject labels)
        {
            ValidateLabels(labels, "metadata.labels", errors);
        }

        if (metadata["annotations"] is JsonObject annotations)
        {
            ValidateAnnotations(annotations, errors);
        }

        if (metadata["ownerReferences"] is JsonArray owners)
        {
            ValidateOwners(owners, errors);
        }

        if (metadata["finalizers"] is JsonArray finalizers)
        {
            ValidateFinalizers(finalizers, before?["metadata"] as JsonObject, errors);
        }
    }

    /// <summary>Also of labels elsewhere: of Pod templates and of selectors.</summary>
    public static void ValidateLabels(JsonObject labels, string path, List<FieldError> errors)
    {
        foreach ((string key, JsonNode? value) in labels)
        {
            foreach (string problem in NameRule.CheckQualified(key))
            {
                errors.Add(FieldErrors.Invalid(path, key, problem));
            }

            if (Text(value) is { } text)
            {
                foreach (string problem in NameRule.CheckLabelValue(text))
                {
                    errors.Add(FieldErrors.Invalid(path, text, problem));
                }
            }
        }
    }

    private static void ValidateName(JsonObject metadata, NameKind names, List<FieldError> errors)
    {
        string name = Text(metadata["name"]) ?? "";
        string generate = Text(metadata["generateName"]) ?? "";
        if (generate.Length > 0)
        {
            // What is made up gets a suffix, so a prefix may end in what no name ends in.
            foreach (string problem in NameRule.Check(names, generate.EndsWith('-') ? generate[..^1] + "a" : generate))
            {
                errors.Add(FieldErrors.Invalid("metadata.generateName", generate, problem));
            }
        }

        if (name.Length == 0)
        {
            errors.Add(FieldErrors.Required("metadata.name", "name or generateName is required"));
            return;
        }

        foreach (string problem in NameRule.Check(names, name))
        {
            errors.Add(FieldErrors.Invalid("metadata.name", name, problem));
        }
    }

    private static void ValidateNamespace(JsonObject metadata, bool namespaced, List<FieldError> errors)
    {
        string space = Text(metadata["namespace"]) ?? "";
        if (!namespaced)
        {
            if (space.Length > 0)
            {
                errors.Add(FieldErrors.Forbidden("metadata.namespace", "not allowed on this type"));
            }
        }
        else if (space.Length == 0)
        {
            errors.Add(FieldErrors.Required("metadata.namespace"));
        }
        else
        {
            foreach (string problem in NameRule.Check(NameKind.Label, space))
            {
                errors.Add(FieldErrors.Invalid("metadata.namespace", space, problem));
            }
        }
    }

    private static void ValidateAnnotations(JsonObject annotations, List<FieldError> errors)
    {
        long bytes = 0;
        foreach ((string key, JsonNode? value) in annotations)
        {
            // Unlike labels, the case of an annotation's key says nothing.
            foreach (string problem in NameRule.CheckQualified(key.ToLowerInvariant()))
            {
                errors.Add(FieldErrors.Invalid("metadata.annotations", key, problem));
            }

            bytes += Encoding.UTF8.GetByteCount(key) + Encoding.UTF8.GetByteCount(Text(value) ?? "");
        }

        if (bytes > AnnotationBytes)
        {
            errors.Add(FieldErrors.TooLong("metadata.annotations", AnnotationBytes));
        }
    }

    private static void ValidateOwners(JsonArray owners, List<FieldError> errors)
    {
        string? controller = null;
        for (int i = 0; i < owners.Count; i++)
        {
            if (owners[i] is not JsonObject owner)
            {
                continue;
            }

            string path = $"metadata.ownerReferences[{i}]";
            if (string.IsNullOrEmpty(Text(owner["apiVersion"])))
            {
                errors.Add(FieldErrors.Invalid($"{path}.apiVersion", "", "version must not be empty"));
            }

            foreach (string field in new[] { "kind", "name", "uid" })
            {
                if (string.IsNullOrEmpty(Text(owner[field])))
                {
                    errors.Add(FieldErrors.Invalid($"{path}.{field}", "", $"{field} must not be empty"));
                }
            }

            if (owner["controller"] is JsonValue flag && flag.GetValueKind() == JsonValueKind.True)
            {
                string name = Text(owner["name"]) ?? "";
                if (controller is not null)
                {
                    errors.Add(FieldErrors.Invalid(
                        "metadata.ownerReferences", owners, $"Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {name}"));
                }

                controller = name;
            }
        }
    }

    private static void ValidateFinalizers(JsonArray finalizers, JsonObject? before, List<FieldError> errors)
    {
        HashSet<string> present = new(StringComparer.Ordinal);
        for (int i = 0; i < finalizers.Count; i++)
        {
            string finalizer = Text(finalizers[i]) ?? "";
            present.Add(finalizer);
            foreach (string problem in NameRule.CheckQualified(finalizer))
            {
                errors.Add(FieldErrors.Invalid($"metadata.finalizers[{i}]", finalizer, problem));
            }
        }

        if (present.Contains("orphan") && present.Contains("foregroundDeletion"))
        {
            errors.Add(FieldErrors.Invalid("metadata.finalizers", finalizers, "finalizer orphan and foregroundDeletion cannot be both set"));
        }

        if (before?["deletionTimestamp"] is not null)
        {
            present.ExceptWith((before["finalizers"] as JsonArray ?? []).Select(name => Text(name) ?? ""));
            if (present.Count > 0)
            {
                string added = string.Join(", ", present.Order(StringComparer.Ordinal).Select(FieldErrors.Quote));
                errors.Add(FieldErrors.Forbidden(
                    "metadata.finalizers", $"no new finalizers can be added if the object is being deleted, found new finalizers []string{{{added}}}"));
            }
        }
    }

    private static string? Text(JsonNode? value) =>
        value is JsonValue text && text.GetValueKind() == JsonValueKind.String ? text.GetValue<string>() : null;
}
