using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace NodeAgent.TestCluster.Tables;

/// <summary>Objects as meta.k8s.io/v1 Table, the form that <c>kubectl get</c> asks for and prints.</summary>
public static class TableBuilder
{
    private const string TableVersion = "meta.k8s.io/v1";

    /// <param name="items">None for a bookmark, which has its resourceVersion in <paramref name="listMetadata"/>.</param>
    /// <param name="listMetadata">metadata of the list; null for a table of a single object.</param>
    /// <param name="withColumns">False leaves columnDefinitions empty: in a watch, only the first table says them.</param>
    public static JsonObject Of(
        ServedKind kind, IEnumerable<JsonObject> items, JsonObject? listMetadata, IncludeObject include, DateTimeOffset now, bool withColumns = true)
    {
        IReadOnlyList<TableColumn> columns = kind.Columns.IsEmpty ? [CommonColumns.Name, CommonColumns.Age] : kind.Columns;
        JsonArray rows = [];
        JsonNode? version = null;
        foreach (JsonObject item in items)
        {
            version = item["metadata"]?["resourceVersion"];
            rows.Add(Row(columns, item, include, now));
        }

        JsonNode metadata = listMetadata?.DeepClone() ?? new JsonObject { ["resourceVersion"] = version?.DeepClone() ?? "" };
        return new JsonObject
        {
            ["kind"] = "Table",
            ["apiVersion"] = TableVersion,
            ["metadata"] = metadata,
            ["columnDefinitions"] = withColumns ? new JsonArray([.. columns.Select(Definition)]) : [],
            ["rows"] = rows,
        };
    }

    private static JsonObject Definition(TableColumn column) => new()
    {
        ["name"] = column.Name,
        ["type"] = column.Type,
        ["format"] = column.Format,
        ["description"] = column.Description,
        ["priority"] = column.Priority,
    };

    private static JsonObject Row(IReadOnlyList<TableColumn> columns, JsonObject item, IncludeObject include, DateTimeOffset now)
    {
        JsonArray cells = [];
        foreach (TableColumn column in columns)
        {
            JsonNode? cell = column.Cell(item);
            cells.Add(column.Type == "date" ? Age(cell, now) : cell?.Parent is null ? cell : cell.DeepClone());
        }

        JsonObject row = new() { ["cells"] = cells };
        switch (include)
        {
            case IncludeObject.Object:
                row["object"] = item.DeepClone();
                break;
            case IncludeObject.Metadata:
                row["object"] = new JsonObject
                {
                    ["kind"] = "PartialObjectMetadata",
                    ["apiVersion"] = TableVersion,
                    ["metadata"] = item["metadata"]?.DeepClone(),
                };
                break;
        }

        return row;
    }

    /// <summary>A time becomes how long ago it is.</summary>
    private static JsonNode? Age(JsonNode? cell, DateTimeOffset now)
    {
        if (cell is not JsonValue value || value.GetValueKind() != JsonValueKind.String)
        {
            return null;
        }

        return DateTimeOffset.TryParse(value.GetValue<string>(), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? HumanDuration.Of(now - time)
            : "<invalid>";
    }
}
