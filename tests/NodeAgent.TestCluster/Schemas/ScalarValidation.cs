using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>Validation of strings, numbers and booleans.</summary>
internal static class ScalarValidation
{
    public static bool HasType(JsonNode value, ValueType type)
    {
        if (value is not JsonValue)
        {
            return false;
        }

        return type switch
        {
            ValueType.Any => true,
            ValueType.String => value.GetValueKind() == JsonValueKind.String,
            ValueType.Boolean => value.GetValueKind() is JsonValueKind.True or JsonValueKind.False,
            ValueType.Number => value.GetValueKind() == JsonValueKind.Number,
            ValueType.Integer => JsonNumber.TryRead(value, out JsonNumber number) && number.IsInteger,
            ValueType.IntOrString => value.GetValueKind() == JsonValueKind.String || (JsonNumber.TryRead(value, out JsonNumber number) && number.IsInteger),
            _ => false,
        };
    }

    public static string NameOf(ValueType type) => type switch
    {
        ValueType.Object => "object",
        ValueType.Array => "array",
        ValueType.String => "string",
        ValueType.Integer => "integer",
        ValueType.Number => "number",
        ValueType.Boolean => "boolean",
        ValueType.IntOrString => "int-or-string",
        _ => "any",
    };

    public static void Apply(JsonNode value, StructuralNode node, FieldPath path, List<FieldError> errors)
    {
        if (value.GetValueKind() == JsonValueKind.String)
        {
            ValidateText(value.GetValue<string>(), node, path, errors);
        }
        else if (JsonNumber.TryRead(value, out JsonNumber number))
        {
            ValidateNumber(number, value, node, path, errors);
        }
    }

    private static void ValidateText(string text, StructuralNode node, FieldPath path, List<FieldError> errors)
    {
        if (node.MinLength > 0 || node.MaxLength < int.MaxValue)
        {
            // Lengths count code points.
            int length = Length(text);
            if (length > node.MaxLength)
            {
                errors.Add(FieldErrors.TooLong(path.ToString(), node.MaxLength));
            }

            if (length < node.MinLength)
            {
                errors.Add(FieldErrors.Invalid(path.ToString(), text, $"{path} in body should be at least {Number(node.MinLength)} chars long"));
            }
        }

        if (node.PatternRegex is { } pattern && !pattern.IsMatch(text))
        {
            errors.Add(FieldErrors.Invalid(path.ToString(), text, $"{path} in body should match '{node.Pattern}'"));
        }

        if (node.Format is { } format && node.Type is ValueType.String or ValueType.Any && !ValueFormat.Matches(format, text))
        {
            errors.Add(FieldErrors.TypeInvalid(path.ToString(), text, $"{path} in body must be of type {format}: {FieldErrors.Quote(text)}"));
        }
    }

    private static void ValidateNumber(JsonNumber number, JsonNode value, StructuralNode node, FieldPath path, List<FieldError> errors)
    {
        if (node.Minimum is { } least && (number.AsDouble < least || (node.ExclusiveMinimum && number.AsDouble == least)))
        {
            errors.Add(FieldErrors.Invalid(path.ToString(), value, $"{path} in body should be greater than {(node.ExclusiveMinimum ? "" : "or equal to ")}{Number(least)}"));
        }

        if (node.Maximum is { } most && (number.AsDouble > most || (node.ExclusiveMaximum && number.AsDouble == most)))
        {
            errors.Add(FieldErrors.Invalid(path.ToString(), value, $"{path} in body should be less than {(node.ExclusiveMaximum ? "" : "or equal to ")}{Number(most)}"));
        }

        if (node.MultipleOf is { } factor && Math.Abs(Math.IEEERemainder(number.AsDouble, factor)) > 1e-9)
        {
            errors.Add(FieldErrors.Invalid(path.ToString(), value, $"{path} in body should be a multiple of {Number(factor)}"));
        }

        if (node.Format == "int32" && number.AsDouble is < int.MinValue or > int.MaxValue)
        {
            errors.Add(FieldErrors.Invalid(path.ToString(), value, $"Checked value must be of type integer with format int32 in {path}"));
        }
    }

    private static int Length(string text)
    {
        int length = text.Length;
        foreach (char c in text)
        {
            if (char.IsLowSurrogate(c))
            {
                length--;
            }
        }

        return length;
    }

    private static string Number(double number) => number.ToString("R", CultureInfo.InvariantCulture);

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
