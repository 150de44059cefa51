using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using NodeAgent.TestCluster.Schemas;

namespace NodeAgent.TestCluster.Tables;

/// <summary>additionalPrinterColumns of a CustomResourceDefinition as columns.</summary>
internal static class CustomColumns
{
    public static ImmutableArray<TableColumn> Of(JsonArray? declared)
    {
        if (declared is null || declared.Count == 0)
        {
            return [CommonColumns.Name, CommonColumns.Age];
        }

        ImmutableArray<TableColumn>.Builder columns = ImmutableArray.CreateBuilder<TableColumn>();
        columns.Add(CommonColumns.Name);
        foreach (JsonObject column in declared.OfType<JsonObject>())
        {
            string type = CommonColumns.Text(column, "type");
            JsonPath? path = JsonPath.Parse(CommonColumns.Text(column, "jsonPath"));
            columns.Add(new TableColumn(
                CommonColumns.Text(column, "name"),
                type,
                CommonColumns.Text(column, "format"),
                CommonColumns.Text(column, "description"),
                JsonNumber.TryRead(column["priority"], out JsonNumber priority) ? (int)priority.AsLong : 0,
                item => path is null ? null : Cell(path, type, item)));
        }

        return columns.ToImmutable();
    }

    /// <summary>A value that is not of the column's type shows as none.</summary>
    private static JsonNode? Cell(JsonPath path, string type, JsonObject item)
    {
        // Of several only the first shows.
        JsonNode? found = path.Find(item).FirstOrDefault();
        if (found is null)
        {
            return null;
        }

        switch (type)
        {
            case "integer":
                return JsonNumber.TryRead(found, out JsonNumber number) && number.IsInteger ? number.AsLong : null;
            case "number":
                return found.GetValueKind() == JsonValueKind.Number ? found.DeepClone() : null;
            case "boolean":
                return found.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? found.DeepClone() : null;
            case "date":
                return found.GetValueKind() == JsonValueKind.String ? found.DeepClone() : null;
            default:
                return Show(found);
        }
    }

    private static string Show(JsonNode value) =>
        value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : value.ToJsonString();
}
