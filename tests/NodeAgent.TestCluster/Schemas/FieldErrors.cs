using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Schemas;

/// <summary>Refusals with the words of a Kubernetes API server.</summary>
internal static class FieldErrors
{
    public static FieldError Required(string path, string detail = "") =>
        new("FieldValueRequired", path, Join("Required value", detail));

    public static FieldError Invalid(string path, JsonNode? value, string detail) =>
        new("FieldValueInvalid", path, Join($"Invalid value: {Show(value)}", detail));

    public static FieldError Invalid(string path, string value, string detail) =>
        new("FieldValueInvalid", path, Join($"Invalid value: {Quote(value)}", detail));

    public static FieldError TypeInvalid(string path, string value, string detail) =>
        new("FieldValueTypeInvalid", path, Join($"Invalid value: {Quote(value)}", detail));

    public static FieldError NotSupported(string path, JsonNode? value, IEnumerable<string> supported) =>
        new("FieldValueNotSupported", path, $"Unsupported value: {Show(value)}: supported values: {string.Join(", ", supported)}");

    public static FieldError NotSupported(string path, string value, params string[] supported) =>
        new("FieldValueNotSupported", path, $"Unsupported value: {Quote(value)}: supported values: {string.Join(", ", supported.Order(StringComparer.Ordinal).Select(Quote))}");

    public static FieldError Forbidden(string path, string detail) => new("FieldValueForbidden", path, Join("Forbidden", detail));

    public static FieldError TooLong(string path, int most) =>
        new("FieldValueTooLong", path, $"Too long: may not be more than {Number(most)} byte{(most == 1 ? "" : "s")}");

    public static FieldError TooMany(string path, int count, int most) =>
        new("FieldValueTooMany", path, $"Too many: {Number(count)}: must have at most {Number(most)} item{(most == 1 ? "" : "s")}");

    public static FieldError Duplicate(string path, JsonNode? value) =>
        new("FieldValueDuplicate", path, $"Duplicate value: {Show(value)}");

    public static FieldError Immutable(string path, JsonNode? value) => Invalid(path, value, "field is immutable");

    /// <summary>As the Go server prints it: strings quoted, structures as Go maps.</summary>
    public static string Show(JsonNode? value)
    {
        if (value is null)
        {
            return "null";
        }

        StringBuilder text = new();
        Write(text, value);
        return text.ToString();
    }

    public static string Quote(string text)
    {
        StringBuilder quoted = new(text.Length + 2);
        quoted.Append('"');
        foreach (char c in text)
        {
            _ = c switch
            {
                '"' => quoted.Append("\\\""),
                '\\' => quoted.Append("\\\\"),
                '\n' => quoted.Append("\\n"),
                '\r' => quoted.Append("\\r"),
                '\t' => quoted.Append("\\t"),
                < ' ' or '\x7f' => quoted.Append("\\x").Append(((int)c).ToString("x2", CultureInfo.InvariantCulture)),
                _ => quoted.Append(c),
            };
        }

        return quoted.Append('"').ToString();
    }

    private static void Write(StringBuilder text, JsonNode? value)
    {
        switch (value)
        {
            case null:
                text.Append("interface {}(nil)");
                break;
            case JsonObject item:
                text.Append("map[string]interface {}{");
                string separator = "";
                foreach ((string name, JsonNode? child) in item.OrderBy(pair => pair.Key, StringComparer.Ordinal))
                {
                    text.Append(separator).Append(Quote(name)).Append(':');
                    Write(text, child);
                    separator = ", ";
                }

                text.Append('}');
                break;
            case JsonArray list:
                text.Append("[]interface {}{");
                for (int i = 0; i < list.Count; i++)
                {
                    text.Append(i == 0 ? "" : ", ");
                    Write(text, list[i]);
                }

                text.Append('}');
                break;
            default:
                text.Append(value.GetValueKind() == JsonValueKind.String ? Quote(value.GetValue<string>())
                    : JsonNumber.TryRead(value, out JsonNumber number) ? number.ToString()
                    : value.ToJsonString());
                break;
        }
    }

    private static string Join(string what, string detail) => detail.Length == 0 ? what : $"{what}: {detail}";

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);
}
