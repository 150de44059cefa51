using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Json;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>
/// Validation by a schema, in the words of a Kubernetes API server.
/// x-kubernetes-validations (CEL) are not evaluated here.
/// </summary>
internal static class StructuralValidation
{
    /// <param name="before">
    /// What stood here before, if that is known. What does not change is not validated again, so that a stricter definition
    /// keeps nobody from changing the rest of an object.
    /// </param>
    public static void Apply(JsonNode? value, StructuralNode node, FieldPath path, List<FieldError> errors, JsonNode? before = null)
    {
        if (before is not null && JsonFields.Same(value, before))
        {
            return;
        }

        if (value is null)
        {
            if (!node.Nullable && node.Type != ValueType.Any)
            {
                errors.Add(WrongType(path, node, "null"));
            }

            return;
        }

        switch (value)
        {
            case JsonObject item when node.Type is ValueType.Object or ValueType.Any:
                ValidateObject(item, node, path, errors, before as JsonObject);
                break;
            case JsonArray list when node.Type is ValueType.Array or ValueType.Any:
                ValidateList(list, node, path, errors, before as JsonArray);
                break;
            default:
                if (!ScalarValidation.HasType(value, node.Type))
                {
                    errors.Add(WrongType(path, node, TypeName(value)));
                    return;
                }

                ScalarValidation.Apply(value, node, path, errors);
                break;
        }

        if (!node.Enum.IsEmpty)
        {
            ValidateEnum(value, node, path, errors);
        }

        if (node.Combines)
        {
            ValidateCombinations(value, node, path, errors, before);
        }
    }

    private static void ValidateObject(JsonObject item, StructuralNode node, FieldPath path, List<FieldError> errors, JsonObject? before)
    {
        foreach (string name in node.Required)
        {
            if (!item.ContainsKey(name))
            {
                errors.Add(FieldErrors.Required(path.With(name)));
            }
        }

        if (node.Embedded)
        {
            ValidateEmbedded(item, path, errors);
        }

        if (item.Count < node.MinProperties)
        {
            errors.Add(FieldErrors.Invalid(path.ToString(), item, $"{path} in body should have at least {Number(node.MinProperties)} properties"));
        }

        if (item.Count > node.MaxProperties)
        {
            errors.Add(FieldErrors.TooMany(path.ToString(), item.Count, node.MaxProperties));
        }

        foreach ((string name, JsonNode? child) in item)
        {
            if ((node.Properties.GetValueOrDefault(name) ?? node.Additional) is { } of)
            {
                path.Push(name);
                Apply(child, of, path, errors, before?[name]);
                path.Pop();
            }
        }
    }

    /// <summary>An object within an object says what it is, as any object does.</summary>
    private static void ValidateEmbedded(JsonObject item, FieldPath path, List<FieldError> errors)
    {
        foreach (string name in new[] { "apiVersion", "kind" })
        {
            if (item[name] is not JsonValue value || value.GetValueKind() != JsonValueKind.String || value.GetValue<string>().Length == 0)
            {
                errors.Add(FieldErrors.Required(path.With(name), "must not be empty"));
            }
        }
    }

    private static void ValidateList(JsonArray list, StructuralNode node, FieldPath path, List<FieldError> errors, JsonArray? before)
    {
        if (list.Count < node.MinItems)
        {
            errors.Add(FieldErrors.Invalid(path.ToString(), list, $"{path} in body should have at least {Number(node.MinItems)} items"));
        }

        if (list.Count > node.MaxItems)
        {
            errors.Add(FieldErrors.TooMany(path.ToString(), list.Count, node.MaxItems));

            // Too many are not read one by one: that could be what whoever sent them hoped for.
            return;
        }

        if (node.Items is { } items)
        {
            for (int i = 0; i < list.Count; i++)
            {
                path.Push(i);
                Apply(list[i], items, path, errors, ListKeys.Counterpart(list[i], before, node));
                path.Pop();
            }
        }

        if (list.Count > 1 && (node.UniqueItems || node.ListKind == ListKind.Set))
        {
            ValidateUnique(list, node, path, errors);
        }
        else if (node.ListKind == ListKind.Map)
        {
            ListKeys.Validate(list, node, path, errors);
        }
    }

    private static void ValidateUnique(JsonArray list, StructuralNode node, FieldPath path, List<FieldError> errors)
    {
        HashSet<string> seen = new(StringComparer.Ordinal);
        for (int i = 0; i < list.Count; i++)
        {
            if (seen.Add(Canonical(list[i])))
            {
                continue;
            }

            if (node.ListKind != ListKind.Set)
            {
                errors.Add(FieldErrors.Invalid(path.ToString(), list, $"{path} in body shouldn't contain duplicates"));
                return;
            }

            errors.Add(FieldErrors.Duplicate(path.With(i), list[i]));
        }
    }

    private static void ValidateEnum(JsonNode value, StructuralNode node, FieldPath path, List<FieldError> errors)
    {
        bool found = node.EnumStrings is { } strings
            ? value.GetValueKind() == JsonValueKind.String && strings.Contains(value.GetValue<string>())
            : node.Enum.Any(allowed => JsonNode.DeepEquals(allowed, value));
        if (!found)
        {
            errors.Add(FieldErrors.NotSupported(path.ToString(), value, node.Enum.Select(allowed =>
                allowed is JsonValue text && text.GetValueKind() == JsonValueKind.String ? FieldErrors.Quote(text.GetValue<string>()) : FieldErrors.Show(allowed))));
        }
    }

    private static void ValidateCombinations(JsonNode value, StructuralNode node, FieldPath path, List<FieldError> errors, JsonNode? before)
    {
        foreach (StructuralNode all in node.AllOf)
        {
            int found = errors.Count;
            Apply(value, all, path, errors, before);
            if (errors.Count > found)
            {
                errors.Insert(found, FieldErrors.Invalid(path.ToString(), "", $"{FieldErrors.Quote(path.ToString())} must validate all the schemas (allOf)"));
            }
        }

        if (!node.AnyOf.IsEmpty && !node.AnyOf.Any(any => Holds(value, any, path)))
        {
            errors.Add(FieldErrors.Invalid(path.ToString(), "", $"{FieldErrors.Quote(path.ToString())} must validate at least one schema (anyOf)"));
        }

        if (!node.OneOf.IsEmpty)
        {
            int valid = node.OneOf.Count(one => Holds(value, one, path));
            if (valid != 1)
            {
                string found = valid == 0 ? "Found none valid" : $"Found {Number(valid)} valid alternatives";
                errors.Add(FieldErrors.Invalid(path.ToString(), "", $"{FieldErrors.Quote(path.ToString())} must validate one and only one schema (oneOf). {found}"));
            }
        }

        if (node.Not is { } not && Holds(value, not, path))
        {
            errors.Add(FieldErrors.Invalid(path.ToString(), "", $"{FieldErrors.Quote(path.ToString())} must not validate the schema (not)"));
        }
    }

    private static bool Holds(JsonNode value, StructuralNode node, FieldPath path)
    {
        List<FieldError> errors = [];
        Apply(value, node, path, errors);
        return errors.Count == 0;
    }

    private static FieldError WrongType(FieldPath path, StructuralNode node, string actual) =>
        FieldErrors.TypeInvalid(path.ToString(), actual, $"{path} in body must be of type {ScalarValidation.NameOf(node.Type)}: {FieldErrors.Quote(actual)}");

    private static string TypeName(JsonNode value) => value switch
    {
        JsonObject => "object",
        JsonArray => "array",
        _ => value.GetValueKind() switch
        {
            JsonValueKind.String => "string",
            JsonValueKind.True or JsonValueKind.False => "boolean",
            _ => JsonNumber.TryRead(value, out JsonNumber number) && number.IsInteger ? "integer" : "number",
        },
    };

    /// <summary>One text for equal values, whatever the order of their fields.</summary>
    private static string Canonical(JsonNode? value) => FieldErrors.Show(value);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
